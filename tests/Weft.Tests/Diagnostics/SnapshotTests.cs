using System.Globalization;
using Weft.Tests.Support;

namespace Weft.Tests.Diagnostics;

public sealed class SnapshotTests
{
    [Fact]
    public async Task GetGoroutines_InEachState_TellsWhatEachDoes()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 2);
        using var pipe = new BlockingPipe();
        using var release = new Gate();
        var gate = new TaskCompletionSource();
        using var stop = new Gate();
        using var cancel = new CancellationTokenSource();
        Goroutine<bool> awaiting = scheduler.StartChecked(() => gate.Task);
        Goroutine<bool> sleeping = scheduler.Start(async () =>
        {
            await Go.SleepAsync(TimeSpan.FromHours(1), cancel.Token);
            return false;
        });
        Goroutine<bool> waiting = scheduler.StartChecked(release.Wait);
        Goroutine<bool> declared = scheduler.StartChecked(() => Go.Blocking(pipe.Read));
        Goroutine<bool> computing = scheduler.StartChecked(() =>
        {
            while (!stop.IsOpen)
                Thread.SpinWait(100);
        });

        await StatusAsync(awaiting, GoroutineStatus.Parked, "await");
        await StatusAsync(sleeping, GoroutineStatus.Parked, "sleep");
        await StatusAsync(waiting, GoroutineStatus.Blocked, "managed wait");
        await StatusAsync(declared, GoroutineStatus.Blocked, "blocking call");
        await StatusAsync(computing, GoroutineStatus.Running, null);
        SchedulerStatistics statistics = scheduler.Statistics;
        Assert.Equal((5, 2), (statistics.GoroutinesAlive, statistics.GoroutinesParked));

        // The computing one counts as soon as its processor was handed on.
        Assert.InRange(statistics.GoroutinesBlocked, 2, 3);

        string dump = TestScheduler.Dump(scheduler);
        foreach (GoroutineInfo info in scheduler.GetGoroutines())
        {
            Assert.Contains(info.Id.ToString(CultureInfo.InvariantCulture), dump, StringComparison.Ordinal);
            Assert.Matches(@"(SnapshotTests|StartExtensions)\.cs:\d+$", info.StartSite);
        }

        gate.SetResult();
        await cancel.CancelAsync();
        release.Open();
        pipe.Release();
        stop.Open();
        await new[] { awaiting, waiting, declared, computing }.Within();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sleeping.Within());
        await Limits.Until(() => scheduler.GetGoroutines().Count == 0, "no goroutine is listed any more", scheduler);

        Task StatusAsync(Goroutine goroutine, GoroutineStatus status, string? reason) => Limits.Until(
            () => scheduler.GetGoroutines().FirstOrDefault(info => info.Id == goroutine.Id) is { } info
                && info.Status == status
                && (reason is null || info.WaitReason == reason),
            $"{goroutine.StartSite} is {status} {reason}",
            scheduler);
    }

    [Fact]
    public async Task GetGoroutines_WaitingForAWhile_TellsForHowLong()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var gate = new TaskCompletionSource();
        Goroutine<bool> goroutine = scheduler.StartChecked(() => gate.Task);
        await Limits.Until(
            () => scheduler.GetGoroutines().Any(info => info.WaitDuration >= TimeSpan.FromMilliseconds(100)),
            "the wait grows",
            scheduler);
        gate.SetResult();
        await goroutine.Within();
    }

    [Fact]
    public async Task Statistics_AtRest_AddUp()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 3, idleMilliseconds: 20);
        await scheduler.StartMany(100, i =>
        {
            if (i % 10 == 0)
                Go.LockOSThread();
            Thread.Sleep(1);
        }).Within();
        await Limits.Until(() => scheduler.Statistics.Threads == 0, "every thread is gone", scheduler);
        SchedulerStatistics statistics = scheduler.Statistics;
        Assert.Equal((100, 100, 0), (statistics.GoroutinesStarted, statistics.GoroutinesEnded, statistics.GoroutinesAlive));
        Assert.Equal(
            (0, 0, 0, 0),
            (statistics.GoroutinesRunnable, statistics.GoroutinesRunning, statistics.GoroutinesBlocked, statistics.GoroutinesParked));
        Assert.Equal((3, 3), (statistics.Processors, statistics.IdleProcessors));
        Assert.Equal(
            (0, 0, 0, 0),
            (statistics.MachinesRunning, statistics.MachinesSpinning, statistics.MachinesBlocked, statistics.MachinesIdle));
        Assert.InRange(statistics.ThreadsCreated, 10, long.MaxValue);
        Assert.Equal(0, statistics.Timers);
    }
}
