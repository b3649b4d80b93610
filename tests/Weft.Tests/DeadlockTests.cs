using Weft.Tests.Support;

namespace Weft.Tests;

public sealed class DeadlockTests
{
    private static readonly TimeSpan s_aWhile = TimeSpan.FromMilliseconds(300);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_EveryGoroutineSleepsForEver_ThrowsNamingEach(bool locked)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        long main = 0, other = 0;
        var exception = Assert.Throws<DeadlockException>(() => scheduler.Run(async () =>
        {
            main = Go.Current!.Id;
            if (locked)
                Go.LockOSThread();
            Goroutine<int> sleeper = scheduler.Start(async () =>
            {
                if (locked)
                    Go.LockOSThread();
                await Go.SleepAsync(TimeSpan.MaxValue);
                return 0;
            });
            other = sleeper.Id;
            await sleeper;
        }));
        Assert.Contains("deadlock", exception.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal([main, other], exception.Goroutines.Select(goroutine => goroutine.Id).Order());
        Assert.All(exception.Goroutines, goroutine =>
        {
            Assert.Equal(locked, goroutine.LockedToThread);
            Assert.Matches(@"DeadlockTests\.cs:\d+$", goroutine.StartedAt);
            Assert.Contains(goroutine.StartedAt, exception.Message, StringComparison.Ordinal);
            Assert.NotNull(goroutine.WaitReason);
            Assert.Contains(goroutine.WaitReason, exception.Message, StringComparison.Ordinal);
        });
        Assert.Equal("sleep (forever)", exception.Goroutines.Single(goroutine => goroutine.Id == other).WaitReason);
    }

    [Fact]
    public void Run_MainSleepsForEver_Throws()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var exception = Assert.Throws<DeadlockException>(() => scheduler.Run(async () => await Go.SleepAsync(TimeSpan.MaxValue)));
        Assert.Equal("sleep (forever)", Assert.Single(exception.Goroutines).WaitReason);
    }

    [Fact]
    public void Run_DeadlockAfterOthersEnded_Throws()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Assert.Throws<DeadlockException>(() => scheduler.Run(async () =>
        {
            scheduler.Start(() => Thread.Sleep(20));
            scheduler.Start(async () => await Go.SleepAsync(TimeSpan.FromMilliseconds(20)));
            await Go.SleepAsync(TimeSpan.MaxValue);
        }));
    }

    [Fact]
    public void Run_MainExitsAndNoneIsLeft_ThrowsSayingSo()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var exception = Assert.Throws<DeadlockException>(() => scheduler.Run(() => Go.Exit()));
        Assert.Contains("no goroutines (main called Go.Exit)", exception.Message, StringComparison.Ordinal);
        Assert.Empty(exception.Goroutines);
    }

    [Fact]
    public void Run_LockedMainExitsAndNoneIsLeft_ThrowsSayingSo()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var exception = Assert.Throws<DeadlockException>(() => scheduler.Run(async () =>
        {
            Go.LockOSThread();
            await Task.Yield();
            Go.Exit();
        }));
        Assert.Contains("no goroutines (main called Go.Exit)", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_MainExitsWhileOthersRun_WaitsForThemFirst()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        bool ended = false;
        Assert.Throws<DeadlockException>(() => scheduler.Run(async () =>
        {
            scheduler.Start(async () =>
            {
                await Go.SleepAsync(TimeSpan.FromMilliseconds(50));
                Volatile.Write(ref ended, true);
            });
            await Go.Yield();
            Go.Exit();
        }));
        Assert.True(ended);
    }

    [Fact]
    public void Run_AThreadBlocks_IsNoDeadlock()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        using var pipe = new BlockingPipe();
        using var timer = new Timer(_ => pipe.Release(), null, s_aWhile, Timeout.InfiniteTimeSpan);
        scheduler.Run(async () => await scheduler.StartChecked(pipe.Read));
    }

    [Fact]
    public void Run_AManagedWaitIsOnASleepingScheduler_IsNoDeadlock()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        using var release = new Gate();
        using var timer = new Timer(_ => release.Open(), null, s_aWhile, Timeout.InfiniteTimeSpan);
        scheduler.Run(async () => await scheduler.StartChecked(release.Wait));
    }

    [Fact]
    public void Run_ATimerIsPending_IsNoDeadlock()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, idleMilliseconds: 50);
        scheduler.Run(async () => await scheduler.StartChecked(async () => await Go.SleepAsync(s_aWhile)));
    }

    [Fact]
    public void Run_AForeignTaskIsAwaited_IsNoDeadlock()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, idleMilliseconds: 50);
        var source = new TaskCompletionSource();
        using var timer = new Timer(_ => source.SetResult(), null, s_aWhile, Timeout.InfiniteTimeSpan);
        scheduler.Run(async () => await scheduler.StartChecked(() => source.Task));
    }

    [Fact]
    public void Run_ASleepForEverCanBeCancelled_IsNoDeadlock()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        using var source = new CancellationTokenSource(s_aWhile);
        scheduler.Run(async () => await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await Go.SleepAsync(TimeSpan.MaxValue, source.Token)));
    }

    [Theory]
    [InlineData(5_000, false)]
    [InlineData(1, true)]
    public async Task Run_EverythingFellAsleepBeforeItWaits_Throws(int idleMilliseconds, bool withoutThreads)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, idleMilliseconds: idleMilliseconds);
        Goroutine<bool> main = scheduler.Start(async () =>
        {
            await Go.SleepAsync(TimeSpan.MaxValue);
            return true;
        });
        await Limits.UntilParked(scheduler, 1, "main sleeps");
        await Limits.Until(() => !withoutThreads || scheduler.Statistics.Threads == 0, "the threads are gone", scheduler);
        await Assert.ThrowsAsync<DeadlockException>(() => Task.Run(() => scheduler.Engine.WaitForMain(main)).Within(scheduler));
    }

    [Theory]
    [InlineData("receive", "chan receive")]
    [InlineData("send", "chan send")]
    [InlineData("select", "select")]
    public async Task Run_MainWaitsAtAChannelThatNobodyUses_Throws(string how, string reason)
    {
        ChildProcess child = await ChildProcess.RunAsync("chan-deadlock", how);
        Assert.Equal(3, child.ExitCode);
        Assert.Contains("all goroutines are asleep - deadlock!", child.Output, StringComparison.Ordinal);
        Assert.Contains(reason, child.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ThePoolWillUseTheChannel_IsNoDeadlock()
    {
        ChildProcess child = await ChildProcess.RunAsync("chan-deadlock", "pool");
        Assert.Equal((0, "7\n"), (child.ExitCode, child.Output));
    }

    [Fact]
    public void Run_ThousandTimesWithShortWaits_NeverCriesWolf()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 2, idleMilliseconds: 1);
        for (int round = 0; round < 1_000; round++)
        {
            scheduler.Run(async () =>
            {
                await scheduler.StartChecked(() => Thread.Sleep(0));
                await Go.SleepAsync(TimeSpan.FromTicks(round % 50));
                await scheduler.StartChecked(async () => await Task.Yield());
            });
        }
    }
}
