using System.Runtime.CompilerServices;
using Weft.Tests.Support;

namespace Weft.Tests.Schedulers;

public sealed class SchedulerStartTests
{
    [Fact]
    public async Task Start_Action_RunsOnAThreadOfTheScheduler()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        string? name = null;
        await scheduler.Start(() => name = TaskList.Current.Name).Within();
        Assert.StartsWith(scheduler.Name + "-m", name, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_FuncOfTask_CompletesWhenTheTaskDoes()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var gate = new TaskCompletionSource();
        bool reached = false;
        Goroutine goroutine = scheduler.Start(async () =>
        {
            await gate.Task;
            reached = true;
        });
        Assert.False(goroutine.Completion.IsCompleted);
        gate.SetResult();
        await goroutine.Within();
        Assert.True(reached);
    }

    [Fact]
    public async Task Start_ActionWithState_PassesTheState()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var box = new StrongBox<int>();
        await scheduler.Start(static state => state.Value = 7, box).Within();
        Assert.Equal(7, box.Value);
    }

    [Fact]
    public async Task Start_FuncOfTaskWithState_PassesTheState()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var box = new StrongBox<int>();
        await scheduler.Start(
            static async state =>
            {
                await Task.Yield();
                state.Value = 7;
            },
            box).Within();
        Assert.Equal(7, box.Value);
    }

    [Fact]
    public async Task Start_FuncWithResult_GivesTheResult()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Goroutine<int> goroutine = scheduler.Start(() => 42);
        Assert.Equal(42, await goroutine.Within());
        Assert.Equal(42, await goroutine);
    }

    [Fact]
    public async Task Start_FuncOfTaskWithResult_GivesTheResult()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Goroutine<string> goroutine = scheduler.Start(async () =>
        {
            await Task.Yield();
            return "done";
        });
        Assert.Equal("done", await goroutine.Within());
    }

    [Fact]
    public void Start_NullBody_ThrowsArgumentNullException()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Assert.Throws<ArgumentNullException>("body", () => scheduler.Start((Action)null!));
        Assert.Throws<ArgumentNullException>("body", () => scheduler.Start((Func<Task>)null!));
        Assert.Throws<ArgumentNullException>("body", () => scheduler.Start((Action<int>)null!, 0));
        Assert.Throws<ArgumentNullException>("body", () => scheduler.Start((Func<int, Task>)null!, 0));
        Assert.Throws<ArgumentNullException>("body", () => scheduler.Start((Func<int>)null!));
        Assert.Throws<ArgumentNullException>("body", () => scheduler.Start((Func<Task<int>>)null!));
    }

    [Fact]
    public async Task Start_GoStartInAGoroutine_UsesTheSameScheduler()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Goroutine child = await scheduler.Start(() => Go.Start(() => { })).Within();
        Assert.Same(scheduler, child.Scheduler);
        await child.Within();
    }

    [Fact]
    public async Task Start_FromManyThreads_EveryGoroutineRunsOnce()
    {
        const int PerThread = 5_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        int[] runs = new int[4 * PerThread];
        using var ended = new CountdownEvent(runs.Length);
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(t => new Thread(() =>
        {
            for (int i = 0; i < PerThread; i++)
            {
                int index = (t * PerThread) + i;
                scheduler.Start(() =>
                {
                    Interlocked.Increment(ref runs[index]);
                    ended.Signal();
                });
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        await Task.Run(() => ended.Wait(Limits.Hang)).Within(scheduler);
        Assert.All(runs, count => Assert.Equal(1, count));
        foreach (Thread thread in threads)
            thread.Join();
    }

    [Fact]
    public async Task Current_InAGoroutine_IsItAndItsSynchronizationContext()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Goroutine<(Goroutine?, SynchronizationContext?)> goroutine = scheduler.Start(() => (Go.Current, SynchronizationContext.Current));
        (Goroutine? current, SynchronizationContext? context) = await goroutine.Within();
        Assert.Same(goroutine, current);
        Assert.Same(goroutine, context);
        Assert.Null(Go.Current);
    }

    [Fact]
    public async Task StartedAt_AnyGoroutine_NamesFileAndLine()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Goroutine goroutine = scheduler.Start(() => { });
        await goroutine.Within();
        Assert.Matches(@"SchedulerStartTests\.cs:\d+$", goroutine.StartSite);
    }

    [Fact]
    public async Task Id_ManyGoroutines_IsUnique()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Goroutine<long>[] goroutines = [.. Enumerable.Range(0, 1_000).Select(_ => scheduler.Start(() => Go.Current!.Id))];
        long[] ids = await goroutines.Within();
        Assert.Equal(goroutines.Select(goroutine => goroutine.Id), ids);
        Assert.Distinct(ids);
    }

    [Fact]
    public async Task Status_FromStartToEnd_FollowsTheGoroutine()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var gate = new TaskCompletionSource();
        GoroutineStatus running = default;
        Goroutine goroutine = scheduler.Start(async () =>
        {
            running = Go.Current!.Status;
            await gate.Task;
        });
        await Limits.Until(() => goroutine.Status == GoroutineStatus.Parked, "the goroutine parked", scheduler);
        Assert.Equal(GoroutineStatus.Running, running);
        gate.SetResult();
        await goroutine.Within();
        await Limits.Until(() => goroutine.Status == GoroutineStatus.Ended, "the goroutine ended", scheduler);
    }

    [Fact]
    public async Task Exit_InAsyncBody_RunsFinallyBlocksAndEndsWithoutReport()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, exceptions: UnhandledExceptionPolicy.Report);
        int reports = 0;
        scheduler.UnhandledException += (_, _) => Interlocked.Increment(ref reports);
        bool cleanedUp = false, wentOn = false;
        Goroutine goroutine = scheduler.Start(async () =>
        {
            try
            {
                await Task.Yield();
                Go.Exit();
                wentOn = true;
            }
            finally
            {
                cleanedUp = true;
            }
        });
        await goroutine.Within();
        Assert.True(cleanedUp);
        Assert.False(wentOn);
        Assert.Equal(0, Volatile.Read(ref reports));
    }
}
