using Weft.Runtime.Core;
using Weft.Runtime.Running;
using Weft.Runtime.Watching;
using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Watching;

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
            Assert.Matches(@"DeadlockTests\.cs:\d+$", goroutine.StartSite);
            Assert.Contains(goroutine.StartSite, exception.Message, StringComparison.Ordinal);
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
    [InlineData("receive", "chan receive", null)]
    [InlineData("send", "chan send", null)]
    [InlineData("select", "select", null)]
    [InlineData("receive", "chan receive", "schedtrace=1000")]
    public async Task Run_MainWaitsAtAChannelThatNobodyHas_Throws(string how, string reason, string? debug)
    {
        ChildProcess child = debug is null
            ? await ChildProcess.RunAsync("chan-deadlock", how)
            : await ChildProcess.RunWithDebugAsync(debug, "chan-deadlock", how);
        Assert.Equal(3, child.ExitCode);
        Assert.Contains("all goroutines are asleep - deadlock!", child.Output, StringComparison.Ordinal);
        Assert.Contains(reason, child.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("suspected", child.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ThePoolWillUseTheChannel_IsNoDeadlock()
    {
        ChildProcess child = await ChildProcess.RunAsync("chan-deadlock", "pool");
        Assert.Equal((0, "7\n"), (child.ExitCode, child.Output));
    }

    [Fact]
    public async Task DeadlockSuspected_TheChannelIsKeptAndNobodyIsKnownToUseIt_IsRaisedAndRunGoesOn()
    {
        ChildProcess child = await ChildProcess.RunWithDebugAsync("deadlock=1", "chan-deadlock", "suspected");
        Assert.Equal((0, "suspected: chan receive\n7\n"), (child.ExitCode, child.Output));
        Assert.StartsWith("DEADLOCK? scheduler=weft: ", child.Error, StringComparison.Ordinal);
        Assert.Contains("(chan receive)", child.Error, StringComparison.Ordinal);
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

    [Theory]
    [InlineData("select as an expression")]
    [InlineData("select without cases")]
    [InlineData("group")]
    [InlineData("run all")]
    [InlineData("nested")]
    [InlineData("completion")]
    [InlineData("task of a result")]
    [InlineData("lost task")]
    [InlineData("each other")]
    [InlineData("wait group")]
    [InlineData("wait group that Add raised")]
    [InlineData("token")]
    [InlineData("state")]
    public void Run_NothingCanReachWhatMainWaitsFor_Throws(string how)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var exception = Assert.Throws<DeadlockException>(() => scheduler.Run(() => WaitInVainAsync(how)));
        Assert.Contains("all goroutines are asleep - deadlock!", exception.Message, StringComparison.Ordinal);
    }

    // Each makes what it waits for itself: this thread, which waits in Run, must not have it.
    private static async Task WaitInVainAsync(string how)
    {
        switch (how)
        {
            case "select as an expression":
                await new Select().OnReceive(new Chan<int>(), _ => { }).RunAsync();
                break;
            case "select without cases":
                await new Select().WaitAsync();
                break;
            case "group":
                await GoroutineGroup.RunAsync(async group =>
                {
                    group.Start(async () => { await new Chan<int>().ReceiveAsync(); });
                    await Go.Yield();
                });
                break;
            case "run all":
                await GoroutineGroup.RunAllAsync([1, 2], async (_, token) => await new Chan<int>().ReceiveAsync(token));
                break;
            case "nested":
                await ReceiveDeepAsync(new Chan<int>(), 3);
                break;
            case "completion":
                await Go.Start(async () => { await new Chan<int>().ReceiveAsync(); }).Completion;
                break;
            case "task of a result":
                await Go.Start(async () => await new Chan<int>().ReceiveAsync());
                break;
            case "lost task":
                await new TaskCompletionSource().Task;
                break;
            case "each other":
                var there = new Chan<int>();
                var back = new Chan<int>();
                Go.Start(async () =>
                {
                    await there.ReceiveAsync();
                    await back.SendAsync(1);
                });
                await back.ReceiveAsync();
                await there.SendAsync(1);
                break;
            case "wait group":
                var group = new WaitGroup();
                group.Go(async () => await new Chan<int>().ReceiveAsync());
                await group.WaitAsync();
                break;
            case "wait group that Add raised":
                var raised = new WaitGroup();
                raised.Add(1);
                await raised.WaitAsync();
                break;
            case "token":
                var source = new CancellationTokenSource();
                await new Chan<int>().ReceiveAsync(source.Token);
                break;
            case "state":
                var given = new Chan<int>();
                Go.Start(async static channel => { await channel.ReceiveAsync(); }, given);
                await given.ReceiveAsync();
                break;
        }
    }

    [Theory]
    [InlineData("wait group")]
    [InlineData("group")]
    [InlineData("group, with a result")]
    [InlineData("single flight")]
    [InlineData("channel")]
    [InlineData("channel that was sent to")]
    [InlineData("select")]
    public void Run_SomebodyHasTheHandleOfAnEndedChild_ThrowsNevertheless(string kind)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Goroutine? ended = null;
        Assert.Throws<DeadlockException>(() => scheduler.Run(() => WaitWhereAChildWasAsync(kind, child => ended = child)));
        Assert.True(ended!.HasEnded);
    }

    // Main waits for what an ended child has told, or has waited for.
    private static async Task WaitWhereAChildWasAsync(string kind, Action<Goroutine> keep)
    {
        var never = new Chan<int>();
        switch (kind)
        {
            case "wait group":
                var waitGroup = new WaitGroup();
                keep(waitGroup.Go(async () => await Go.Yield()));
                waitGroup.Go(async () => await never.ReceiveAsync());
                await waitGroup.WaitAsync();
                break;
            case "group":
                var group = new GoroutineGroup();
                keep(group.Start(async () => await Go.Yield()));
                _ = group.Start(async () => await never.ReceiveAsync());
                await group.WaitAsync();
                break;
            case "group, with a result":
                var results = new GoroutineGroup();
                keep(results.Start(async () =>
                {
                    await Go.Yield();
                    return 1;
                }));
                _ = results.Start(async () => await never.ReceiveAsync());
                await results.WaitAsync();
                break;
            case "single flight":
                var flights = new SingleFlight<string, int>();
                await flights.RunAsync("quick", async () =>
                {
                    keep(Go.Current!);
                    await Go.Yield();
                    return 1;
                });
                await flights.RunAsync("slow", async () => await never.ReceiveAsync());
                break;
            case "channel":
                Goroutine receiver = Go.Start(async () => { await never.ReceiveAsync(); });
                keep(receiver);
                await UntilItWaitsAsync(receiver);
                await never.SendAsync(1);
                await receiver.Completion;
                await never.ReceiveAsync();
                break;
            case "channel that was sent to":
                Goroutine sender = Go.Start(async () => await never.SendAsync(1));
                keep(sender);
                await UntilItWaitsAsync(sender);
                await never.ReceiveAsync();
                await sender.Completion;
                await never.ReceiveAsync();
                break;
            case "select":
                Goroutine selector = Go.Start(async () => { await new Select().OnReceive(never, _ => { }).RunAsync(); });
                keep(selector);
                await UntilItWaitsAsync(selector);
                await never.SendAsync(1);
                await selector.Completion;
                await never.ReceiveAsync();
                break;
        }

        static async Task UntilItWaitsAsync(Goroutine goroutine)
        {
            while (goroutine.Status != GoroutineStatus.Parked)
                await Go.Yield();
        }
    }

    private static async Task ReceiveDeepAsync(Chan<int> channel, int depth)
    {
        await Task.Yield();
        if (depth == 0)
            await channel.ReceiveAsync();
        else
            await ReceiveDeepAsync(channel, depth - 1);
    }

    [Fact]
    public void Run_MainSleepsForEverAndAnotherCanBeWoken_IsNoDeadlock()
    {
        using var test = TestScheduler.Create(out Scheduler scheduler);
        var channel = new Chan<int>();
        var searched = new Gate();
        _ = Task.Run(async () =>
        {
            // Once everything has been asleep for long enough, what happens next is what a server waits for.
            while (Deadlocks(scheduler).Searches == 0)
                await Task.Delay(10);
            await channel.SendAsync(1);
            searched.Open();
        });
        scheduler.Start(async () => { await channel.ReceiveAsync(); });
        _ = Task.Run(() => Assert.Throws<ObjectDisposedException>(() => scheduler.Run(async () => await Go.SleepAsync(TimeSpan.MaxValue))));
        searched.Wait();
    }

    [Fact]
    public void Run_TheSameSleep_IsSearchedOnce()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var channel = new Chan<int>();
        using var timer = new Timer(_ => channel.Send(1), null, TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan);
        scheduler.Run(async () => { await channel.ReceiveAsync(); });
        Assert.InRange(Deadlocks(scheduler).Searches, 0, 1);
    }

    [Fact]
    public async Task Run_DetectionIsOff_NeitherSearchesNorThrows()
    {
        using var _ = TestScheduler.Create(
            new SchedulerOptions { Name = TestScheduler.NextName(), DeadlockDetection = DeadlockDetection.Off }, out Scheduler scheduler);
        Goroutine<bool> main = scheduler.Start(async () =>
        {
            await Go.SleepAsync(TimeSpan.MaxValue);
            return true;
        });
        Task run = Task.Run(() => scheduler.Engine.WaitForMain(main));
        await Limits.UntilParked(scheduler, 1, "main sleeps");
        Assert.Equal(long.MaxValue, Deadlocks(scheduler).Check(long.MaxValue / 2));
        Assert.Equal(0, Deadlocks(scheduler).Searches);
        Assert.False(run.IsCompleted);
        scheduler.Dispose();
        await run.ContinueWith(static _ => { }, TaskScheduler.Default).Within(scheduler);
    }

    private static DeadlockWatch Deadlocks(Scheduler scheduler) => ((SystemMonitor)scheduler.Engine.Monitor).Deadlocks;
}
