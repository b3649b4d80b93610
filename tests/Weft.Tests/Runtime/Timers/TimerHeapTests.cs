using Weft.Runtime.Timers;
using Weft.Threads;

namespace Weft.Tests.Runtime.Timers;

public sealed class TimerHeapTests
{
    [Fact]
    public void FireDue_RandomTimers_FiresThoseDueInOrder()
    {
        var random = new Random(1);
        var heap = new TimerHeap(ThreadPlatform.Current);
        var fired = new List<long>();
        long[] due = [.. Enumerable.Range(0, 5_000).Select(_ => random.NextInt64(1_000))];
        foreach (long time in due)
            heap.Add(time, new Target(() => fired.Add(time)));
        for (long now = 0; now < 1_000; now += 100)
        {
            Assert.Equal(due.Where(time => time > now - 100).Min(), heap.NextDue);
            heap.FireDue(now);
            Assert.Equal(due.Where(time => time <= now).Order(), fired);
            Assert.Equal(due.Length - fired.Count, heap.Count);
        }

        heap.FireDue(1_000);
        Assert.Equal((due.Length, 0), (fired.Count, heap.Count));
        Assert.Equal(TimerHeap.Never, heap.NextDue);
    }

    [Fact]
    public void NoteCancelled_ManyOfMany_LeavesTheOthersInOrder()
    {
        var random = new Random(2);
        var heap = new TimerHeap(ThreadPlatform.Current);
        var fired = new List<long>();
        var expected = new List<long>();
        for (int i = 0; i < 5_000; i++)
        {
            long time = random.NextInt64(1_000);
            var target = new Target(() => fired.Add(time));
            heap.Add(time, target);
            if (i % 4 == 0)
            {
                expected.Add(time);
                continue;
            }

            target.IsCancelled = true;
            heap.NoteCancelled(target);
        }

        Assert.Equal(expected.Count, heap.Count);
        heap.FireDue(1_000);
        Assert.Equal(expected.Order(), fired);
        Assert.Equal((0, TimerHeap.Never), (heap.Count, heap.NextDue));
    }

    [Fact]
    public void Add_WhileOthersFire_EachFiresOnce()
    {
        const int PerThread = 50_000;
        var heap = new TimerHeap(ThreadPlatform.Current);
        int[] fired = new int[2 * PerThread];
        int left = fired.Length;
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(t => new Thread(() =>
        {
            if (t < 2)
            {
                for (int i = 0; i < PerThread; i++)
                {
                    int index = (t * PerThread) + i;
                    heap.Add(i % 100, new Target(() =>
                    {
                        Interlocked.Increment(ref fired[index]);
                        Interlocked.Decrement(ref left);
                    }));
                }
            }
            else
            {
                while (Volatile.Read(ref left) > 0)
                    heap.FireDue(100);
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        Assert.All(fired, count => Assert.Equal(1, count));
    }

    // As a cancelled sleep does, a target that was cancelled ignores being fired.
    private sealed class Target(Action fire) : ITimerTarget
    {
        public bool IsCancelled { get; set; }

        public TimerEntryState EntryState { get; set; }

        public void Fire()
        {
            if (!IsCancelled)
                fire();
        }
    }
}
