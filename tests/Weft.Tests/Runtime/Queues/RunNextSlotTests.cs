using Weft.Goroutines;
using Weft.Runtime.Queues;
using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Queues;

public sealed class RunNextSlotTests : IDisposable
{
    // Goroutines that are never started: the slot only passes them on.
    private readonly Scheduler _scheduler = new(new SchedulerOptions { Name = TestScheduler.NextName() });

    private RunNextSlot _slot;

    public void Dispose() => _scheduler.Dispose();

    [Fact]
    public void Take_Full_GivesItOnce()
    {
        Goroutine goroutine = Make(1)[0];
        Assert.True(_slot.IsEmpty);
        Assert.Null(_slot.Dequeue());
        _slot.Put(goroutine);
        Assert.False(_slot.IsEmpty);
        Assert.Same(goroutine, _slot.Dequeue());
        Assert.True(_slot.IsEmpty);
        Assert.Null(_slot.Steal());
    }

    [Fact]
    public void Steal_Full_GivesItOnce()
    {
        Goroutine goroutine = Make(1)[0];
        _slot.Put(goroutine);
        Assert.Same(goroutine, _slot.Steal());
        Assert.True(_slot.IsEmpty);
        Assert.Null(_slot.Dequeue());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Steal_WhileTheOwnerWorks_EachIsTakenOnce(int thieves)
    {
        const int LeastStolen = 1_000;
        const int Most = 5_000_000;
        Goroutine[] all = Make(1_024);
        int[] taken = new int[all.Length];
        int stolen = 0;
        using var done = new Gate();
        Thread[] threads = [.. Enumerable.Range(0, thieves).Select(_ => new Thread(() =>
        {
            while (!done.IsOpen || !_slot.IsEmpty)
            {
                if (_slot.Steal() is not { } goroutine)
                    continue;
                Interlocked.Increment(ref stolen);
                Interlocked.Increment(ref taken[goroutine.Id]);
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        int put = 0;
        for (; put < Most && Volatile.Read(ref stolen) < LeastStolen; put++)
        {
            // Left there at times, so that a thief on the same CPU finds something, too.
            if ((put & 0xFFFF) == 0)
                Thread.Yield();
            if (!_slot.IsEmpty && _slot.Dequeue() is { } own)
                Interlocked.Increment(ref taken[own.Id]);
            Assert.True(_slot.IsEmpty);
            _slot.Put(all[put % all.Length]);
        }

        done.Open();
        foreach (Thread thread in threads)
            thread.Join();
        Assert.Equal(put, taken.Sum(count => (long)count));
        for (int i = 0; i < all.Length; i++)
            Assert.Equal((put + all.Length - 1 - i) / all.Length, taken[i]);
    }

    private Goroutine[] Make(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new ActionGoroutine(_scheduler.Engine, () => { }, "", 0) { Id = i })];
}
