using Weft.Goroutines;
using Weft.Runtime.Queues;
using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Queues;

public sealed class LocalRunQueueTests : IDisposable
{
    // Goroutines that are never started: the queue only passes them on.
    private readonly Scheduler _scheduler = new(new SchedulerOptions { Name = TestScheduler.NextName() });

    public void Dispose() => _scheduler.Dispose();

    [Fact]
    public void TryDequeue_AnyFillLevel_EmptiesInOrder()
    {
        var queue = new LocalRunQueue();
        for (int fill = 0; fill <= LocalRunQueue.Capacity; fill++)
        {
            Goroutine[] all = Make(fill);
            Assert.All(all, goroutine => Assert.True(queue.TryEnqueue(goroutine)));
            Assert.Equal(fill, queue.Count);
            Assert.Equal(all, Drain(queue));
            Assert.True(queue.IsEmpty);
        }
    }

    [Fact]
    public void TryEnqueue_Full_SaysSo()
    {
        LocalRunQueue queue = Filled(Make(LocalRunQueue.Capacity));
        Assert.False(queue.TryEnqueue(Make(1)[0]));
        Assert.Equal(LocalRunQueue.Capacity, queue.Count);
    }

    [Fact]
    public void TryStealOne_AnyFillLevel_EmptiesInOrder()
    {
        var queue = new LocalRunQueue();
        for (int fill = 0; fill <= LocalRunQueue.Capacity; fill += 341)
        {
            Goroutine[] all = Make(fill);
            Assert.All(all, goroutine => Assert.True(queue.TryEnqueue(goroutine)));
            Assert.All(all, goroutine => Assert.Same(goroutine, queue.TryStealOne()));
            Assert.Null(queue.TryStealOne());
        }
    }

    [Fact]
    public void TakeHalf_Full_TakesTheOlderHalfAsAChain()
    {
        Goroutine[] all = Make(LocalRunQueue.Capacity);
        LocalRunQueue queue = Filled(all);
        int count = queue.DequeueHalf(out Goroutine? first, out Goroutine? last);
        var chain = new List<Goroutine>();
        for (Goroutine? goroutine = first; goroutine is not null; goroutine = goroutine.QueueNext)
            chain.Add(goroutine);
        Assert.Equal(LocalRunQueue.Capacity / 2, count);
        Assert.Equal(all[..count], chain);
        Assert.Same(all[count - 1], last);
        Assert.Equal(all[count..], Drain(queue));
    }

    [Fact]
    public void StealFrom_AnyFillLevel_MovesHalfAndKeepsEachOnce()
    {
        for (int fill = 0; fill <= LocalRunQueue.Capacity; fill++)
        {
            Goroutine[] all = Make(fill);
            LocalRunQueue victim = Filled(all);
            var thief = new LocalRunQueue();
            Goroutine? stolen = thief.StealFrom(victim);
            Assert.Equal(fill / 2, victim.Count);
            Assert.Equal(fill > 0, stolen is not null);
            List<Goroutine> moved = Drain(thief);
            if (stolen is not null)
                moved.Add(stolen);
            Assert.Equal(all.OrderBy(goroutine => goroutine.Id), moved.Concat(Drain(victim)).OrderBy(goroutine => goroutine.Id));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void StealFrom_WhileTheOwnerWorks_EachIsTakenOnce(int thieves)
    {
        const int Goroutines = 200_000;
        Goroutine[] all = Make(Goroutines);
        int[] taken = new int[Goroutines];
        var queue = new LocalRunQueue();
        using var done = new Gate();
        Thread[] threads = [.. Enumerable.Range(0, thieves).Select(_ => new Thread(() =>
        {
            var own = new LocalRunQueue();
            while (!done.IsOpen || !queue.IsEmpty)
            {
                if (own.StealFrom(queue) is { } stolen)
                    Count(stolen);
                foreach (Goroutine goroutine in Drain(own))
                    Count(goroutine);
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        for (int i = 0; i < Goroutines; i++)
        {
            while (!queue.TryEnqueue(all[i]))
            {
                int count = queue.DequeueHalf(out Goroutine? first, out _);
                for (Goroutine? goroutine = first; count > 0; count--, goroutine = goroutine!.QueueNext)
                    Count(goroutine!);
            }

            if (i % 3 == 0 && queue.TryDequeue() is { } own)
                Count(own);
        }

        done.Open();
        foreach (Thread thread in threads)
            thread.Join();
        Assert.True(queue.IsEmpty);
        Assert.All(taken, count => Assert.Equal(1, count));

        void Count(Goroutine goroutine) => Interlocked.Increment(ref taken[goroutine.Id]);
    }

    private static LocalRunQueue Filled(Goroutine[] goroutines)
    {
        var queue = new LocalRunQueue();
        Assert.All(goroutines, goroutine => Assert.True(queue.TryEnqueue(goroutine)));
        return queue;
    }

    private static List<Goroutine> Drain(LocalRunQueue queue)
    {
        var drained = new List<Goroutine>();
        while (queue.TryDequeue() is { } goroutine)
            drained.Add(goroutine);
        return drained;
    }

    private Goroutine[] Make(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new ActionGoroutine(_scheduler.Engine, () => { }, "", 0) { Id = i })];
}
