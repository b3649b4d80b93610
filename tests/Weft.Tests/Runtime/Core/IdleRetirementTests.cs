using Weft.Runtime.Host;
using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Core;

/// <summary>Threads leave when there is nothing to do, all of them, and come back when there is.</summary>
public sealed class IdleRetirementTests
{
    [Fact]
    public async Task Burst_ThenNothing_EveryThreadLeavesAndWorkBringsThemBack()
    {
        const int Goroutines = 200;
        using var _ = TestScheduler.Create(out Scheduler scheduler, idleMilliseconds: 100);
        for (int burst = 0; burst < 3; burst++)
        {
            using var entered = new CountdownEvent(Goroutines);
            using var release = new Gate();
            Goroutine<bool>[] goroutines = scheduler.StartMany(Goroutines, _ =>
            {
                entered.Signal();
                release.Wait();
            });
            await Task.Run(() => entered.Wait(Limits.Hang)).Within(scheduler);
            Assert.True(TaskList.Of(scheduler).Count >= Goroutines);
            release.Open();
            await goroutines.Within();
            await GoneAsync(scheduler);
        }

        Assert.True(scheduler.Statistics.ThreadsCreated >= Goroutines);
    }

    [Fact]
    public async Task Monitor_NothingToDo_LeavesToo()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, idleMilliseconds: 50);
        await scheduler.StartMany(4, _ => Thread.Sleep(30)).Within();
        await GoneAsync(scheduler);
    }

    [Fact]
    public async Task Machine_IdleAfterTheMonitorLooked_LeavesToo()
    {
        Assert.SkipUnless(FaultPoints.AreCompiledIn, "this build has no fault points; a debug build has");

        // The monitor has looked at the idle machines and is about to sleep; the machine has given its processor up and is not idle yet.
        FaultPoints.Hook = static label => Thread.Sleep(label switch
        {
            "processor.idle" => 20,
            "monitor.deep" => 60,
            _ => 0,
        });
        try
        {
            using var _ = TestScheduler.Create(out Scheduler scheduler, idleMilliseconds: 1);
            for (int round = 0; round < 3; round++)
            {
                await scheduler.StartMany(2, _ => { }).Within();
                await GoneAsync(scheduler);
            }
        }
        finally
        {
            FaultPoints.Hook = null;
        }
    }

    [Fact]
    public async Task Goroutine_ParkedForLong_KeepsNoThreadAndGoesOn()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, idleMilliseconds: 50);
        var gate = new TaskCompletionSource();
        Goroutine<bool>[] parked = scheduler.StartMany(1_000, async _ =>
        {
            await gate.Task;
            Assert.True(TaskList.IsCurrentOf(scheduler));
        });
        await Limits.UntilParked(scheduler, parked.Length, "all goroutines parked");
        await GoneAsync(scheduler);
        var waker = new Thread(gate.SetResult);
        waker.Start();
        await parked.Within();
        waker.Join();
        await GoneAsync(scheduler);
    }

    [Fact]
    public async Task Sleeper_LongerThanTheIdleTimeout_WakesInTime()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, idleMilliseconds: 20);
        await scheduler.StartMany(3, async i => await Go.SleepAsync(TimeSpan.FromMilliseconds(200 + (100 * i)))).Within();
        await GoneAsync(scheduler);
    }

    [Fact]
    public async Task LockedGoroutine_Parked_KeepsItsThread()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, idleMilliseconds: 50);
        var gate = new TaskCompletionSource();
        SystemThread thread = default;
        Goroutine<bool> goroutine = scheduler.StartChecked(async () =>
        {
            using ThreadPin hold = Go.LockOSThread();
            thread = TaskList.Current;
            await gate.Task;
            Assert.Equal(thread, TaskList.Current);
        });

        // The monitor may stay with it.
        await Limits.Until(() => Machines(scheduler) is [var last] && last == thread, "only the locked thread is left", scheduler);
        gate.SetResult();
        await goroutine.Within();
        await GoneAsync(scheduler);
    }

    [Fact]
    public async Task Work_ArrivesJustAsThreadsLeave_IsNeverLost()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, idleMilliseconds: 1);
        for (int round = 0; round < 1_000; round++)
        {
            await scheduler.Start(() => { }).Within();
            long end = Environment.TickCount64 + (round % 4);
            while (Environment.TickCount64 < end)
                Thread.SpinWait(50);
        }

        Assert.True(scheduler.Statistics.ThreadsExited > 0);
    }

    private static SystemThread[] Machines(Scheduler scheduler) =>
        [.. TaskList.Of(scheduler).Where(thread => !thread.Name.EndsWith("-mon", StringComparison.Ordinal))];

    private static async Task GoneAsync(Scheduler scheduler)
    {
        await Limits.Until(
            () => TaskList.Of(scheduler).Count == 0 && scheduler.Statistics is { Threads: 0, StackBytesMapped: 0 },
            "every thread and every stack is gone",
            scheduler);
        TestScheduler.AssertGone(scheduler);
    }
}
