using System.Threading.Tasks.Dataflow;
using Weft.Tests.Support;

namespace Weft.Tests;

public sealed class SchedulerTaskSchedulerTests
{
    [Fact]
    public async Task StartNew_OnTheTaskScheduler_RunsOnTheSchedulersThreads()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Task<bool>[] tasks = [.. Enumerable.Range(0, 100).Select(_ => Task.Factory.StartNew(
            () => TaskList.IsCurrentOf(scheduler) && TaskScheduler.Current == scheduler.TaskScheduler,
            CancellationToken.None,
            TaskCreationOptions.None,
            scheduler.TaskScheduler))];
        Assert.All(await Task.WhenAll(tasks).Within(scheduler), Assert.True);
    }

    [Fact]
    public async Task StartNew_ContinuationsAndChildren_StayOnTheScheduler()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var factory = new TaskFactory(scheduler.TaskScheduler);
        Task<bool> all = await factory.StartNew(async () =>
        {
            bool here = TaskList.IsCurrentOf(scheduler);
            await Task.Yield();
            here &= TaskList.IsCurrentOf(scheduler);
            here &= await factory.StartNew(() => TaskList.IsCurrentOf(scheduler));
            return here;
        }).Within(scheduler);
        Assert.True(await all.Within(scheduler));
    }

    [Fact]
    public async Task ParallelForEachAsync_OnTheTaskScheduler_VisitsEachItemOnItsThreads()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 4);
        int[] visits = new int[1_000];
        int strangers = 0;
        var options = new ParallelOptions { TaskScheduler = scheduler.TaskScheduler, MaxDegreeOfParallelism = 8 };
        await Parallel.ForEachAsync(Enumerable.Range(0, visits.Length), options, async (i, token) =>
        {
            if (!TaskList.IsCurrentOf(scheduler))
                Interlocked.Increment(ref strangers);
            if (i % 10 == 0)
                await Task.Delay(1, token);
            if (i % 10 == 5)
                Thread.Sleep(1);
            Interlocked.Increment(ref visits[i]);
        }).Within(scheduler);
        Assert.All(visits, count => Assert.Equal(1, count));
        Assert.Equal(0, strangers);
    }

    [Fact]
    public async Task ParallelFor_OnTheTaskSchedulerWithBlockingBodies_Ends()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        var options = new ParallelOptions { TaskScheduler = scheduler.TaskScheduler };
        int total = 0;
        await scheduler.StartChecked(() => Parallel.For(0, 200, options, _ =>
        {
            Thread.Sleep(1);
            Interlocked.Increment(ref total);
        })).Within();
        Assert.Equal(200, total);
    }

    [Fact]
    public async Task Wait_ForTasksOfTheSameTaskSchedulerOnOneProcessor_Ends()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        var factory = new TaskFactory(scheduler.TaskScheduler);
        int sum = await factory.StartNew(() => Sum(6)).Within(scheduler);
        Assert.Equal(1 << 6, sum);

        int Sum(int depth) => depth == 0 ? 1 : factory.StartNew(() => Sum(depth - 1)).Result + factory.StartNew(() => Sum(depth - 1)).Result;
    }

    [Fact]
    public async Task StartNew_TaskThrows_ExceptionStaysInTheTask()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Task task = new TaskFactory(scheduler.TaskScheduler).StartNew(() => throw new FormatException());
        await Assert.ThrowsAsync<FormatException>(() => task.Within(scheduler));
        Assert.Equal(1, await scheduler.Start(() => 1).Within());
    }

    [Fact]
    public async Task StartNew_LongRunning_RunsToo()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        using var release = new Gate();
        var factory = new TaskFactory(scheduler.TaskScheduler);
        Task longRunning = factory.StartNew(release.Wait, TaskCreationOptions.LongRunning);
        await factory.StartNew(release.Open).Within(scheduler);
        await longRunning.Within(scheduler);
    }

    [Fact]
    public async Task Dataflow_BlocksOnTheTaskScheduler_EveryItemPassesOnItsThreads()
    {
        const int Items = 500;
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var options = new ExecutionDataflowBlockOptions { TaskScheduler = scheduler.TaskScheduler, MaxDegreeOfParallelism = 8, BoundedCapacity = 16 };
        int sum = 0, elsewhere = 0;
        var square = new TransformBlock<int, int>(
            async i =>
            {
                await Task.Yield();
                if (!TaskList.IsCurrentOf(scheduler))
                    Interlocked.Increment(ref elsewhere);
                return i * 2;
            },
            options);
        var add = new ActionBlock<int>(i => Interlocked.Add(ref sum, i), options);
        square.LinkTo(add, new DataflowLinkOptions { PropagateCompletion = true });
        for (int i = 0; i < Items; i++)
            Assert.True(await square.SendAsync(i));
        square.Complete();
        await add.Completion.Within(scheduler);
        Assert.Equal(Items * (Items - 1), sum);
        Assert.Equal(0, elsewhere);
    }

    [Fact]
    public async Task ConcurrentExclusiveSchedulerPair_OnTop_ExcludesWriters()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 4);
        var pair = new ConcurrentExclusiveSchedulerPair(scheduler.TaskScheduler);
        var writers = new TaskFactory(pair.ExclusiveScheduler);
        int total = 0;
        await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => writers.StartNew(() => total++))).Within(scheduler);
        Assert.Equal(500, total);
    }
}
