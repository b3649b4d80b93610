using Weft.Goroutines;
using Weft.Runtime.Core;
using Weft.Runtime.Queues;
using Weft.Runtime.Running;
using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Queues;

public sealed class GlobalRunQueueTests : IDisposable
{
    private const int Batch = 4;

    // Goroutines that are never started: the queue only passes them on.
    private readonly Scheduler _scheduler = new(new SchedulerOptions { Name = TestScheduler.NextName() });

    public void Dispose() => _scheduler.Dispose();

    [Fact]
    public void Dequeue_Overflow_TakesTheLastBatchFirstAndEachInOrder()
    {
        var queue = new GlobalRunQueue();
        Goroutine[] older = Overflow(queue);
        Goroutine[] newer = Overflow(queue);
        Assert.Equal(2 * Batch, queue.Count);
        var taken = new List<Goroutine?> { queue.Dequeue() };
        while (taken.Count < 2 * Batch)
            taken.Add(queue.DequeueOther());
        Assert.Equal([.. newer, .. older], taken);
        Assert.Equal(0, queue.Count);
        Assert.Null(queue.Dequeue());
    }

    [Fact]
    public void Dequeue_OverflowKeepsComing_ServesTheOthersToo()
    {
        var queue = new GlobalRunQueue();
        Goroutine waiting = Make(1)[0];
        queue.Enqueue(waiting);
        int turns = 0;
        do
        {
            Overflow(queue);
            turns++;
        }
        while (queue.Dequeue() != waiting);
        Assert.InRange(turns, 1, 8);
    }

    [Fact]
    public void Dequeue_OverflowKeepsComing_ServesTheOldestBatchToo()
    {
        var queue = new GlobalRunQueue();
        Goroutine oldest = Overflow(queue)[0];

        // Sixty-four batches fit; what falls off is served in turn, one dequeue in eight.
        int turns = 0;
        do
        {
            Overflow(queue);
            Assert.InRange(++turns, 1, 1_000);
        }
        while (queue.Dequeue() != oldest);
    }

    [Fact]
    public void Dequeue_MoreBatchesThanFit_LosesNone()
    {
        const int Batches = 200;
        var queue = new GlobalRunQueue();
        HashSet<Goroutine> all = [.. Enumerable.Range(0, Batches).SelectMany(_ => Overflow(queue))];
        Assert.Equal(Batches * Batch, queue.Count);
        while (queue.Dequeue() is Goroutine goroutine)
            Assert.True(all.Remove(goroutine));
        Assert.Empty(all);
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public void DequeueBound_AmongOthersInEveryPart_FindsThoseWhoseMachineHears()
    {
        var queue = new GlobalRunQueue();
        Goroutine[] others = Make(4);
        Goroutine woken = Hosted(Hosting.Hears), enqueued = Hosted(Hosting.ComesBack), deaf = Hosted(Hosting.Deaf);
        queue.EnqueueNewest(others[0]);
        queue.Enqueue(others[1]);
        queue.EnqueueWoken(others[2]);
        queue.EnqueueWoken(deaf);
        queue.EnqueueWoken(woken);
        queue.Enqueue(enqueued);
        Goroutine[] batch = Overflow(queue, Hosted(Hosting.Hears));
        queue.Enqueue(others[3]);
        Assert.True(queue.MayHaveBound);
        Assert.Same(woken, queue.DequeueBound());
        Assert.Same(enqueued, queue.DequeueBound());
        Assert.Same(batch[^1], queue.DequeueBound());
        Assert.Null(queue.DequeueBound());

        // The deaf one is served by turns like the others, which have kept their places.
        HashSet<Goroutine> left = [.. others, deaf, .. batch[..^1]];
        Assert.Equal(left.Count, queue.Count);
        while (queue.Dequeue() is Goroutine goroutine)
            Assert.True(left.Remove(goroutine));
        Assert.Empty(left);
        Assert.Equal((0, 0, false), (queue.Count, queue.WokenCount, queue.MayHaveBound));
    }

    [Fact]
    public void Dequeue_WokenOnesKeepComing_ServesTheBoundOnesToo()
    {
        var queue = new GlobalRunQueue();
        Goroutine bound = Hosted(Hosting.Hears);
        for (int i = 0; i < 10; i++)
            queue.EnqueueWoken(Make(1)[0]);
        queue.EnqueueWoken(bound);
        int turns = 0;
        do
        {
            queue.EnqueueWoken(Make(1)[0]);
            Assert.InRange(++turns, 1, 4);
        }
        while (queue.Dequeue() != bound);
    }

    private Goroutine Hosted(Hosting hosting)
    {
        Goroutine goroutine = Make(1)[0];
        goroutine.Extra.AddHost(new Machine(_scheduler.Engine, 0) { Hosting = hosting });
        return goroutine;
    }

    private Goroutine[] Overflow(GlobalRunQueue queue, Goroutine? last = null)
    {
        Goroutine[] batch = Make(Batch);
        batch[^1] = last ?? batch[^1];
        for (int i = 1; i < Batch; i++)
            batch[i - 1].QueueNext = batch[i];
        queue.EnqueueOverflow(batch[0], batch[^1], Batch);
        return batch;
    }

    private Goroutine[] Make(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new ActionGoroutine(_scheduler.Engine, () => { }, "", 0) { Id = i })];
}
