using Weft.Runtime.Core;
using Weft.Tests.Support;
using Weft.Threads;
using Weft.Threads.Platforms;
using Weft.Waiting;

namespace Weft.Tests.Runtime.Core;

/// <summary>Too few threads: work waits for one, an event tells, nothing is lost.</summary>
public sealed class ThreadShortageTests
{
    [Theory]
    [InlineData(4, 1)]
    [InlineData(8, 2)]
    [InlineData(8, 8)]
    public async Task MaxThreads_Reached_WorkWaitsAndNothingIsLost(int maxThreads, int procs)
    {
        const int Goroutines = 100;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs, maxThreads);
        using var pipe = new BlockingPipe();
        var told = new TaskCompletionSource<ThreadShortageEventArgs>(TaskCreationOptions.RunContinuationsAsynchronously);
        scheduler.ThreadShortage += (_, e) => told.TrySetResult(e);
        Goroutine<bool>[] goroutines = scheduler.StartMany(Goroutines, _ => pipe.Read());
        ThreadShortageEventArgs shortage = await told.Task.Within(scheduler);
        Assert.Equal(ThreadShortageCause.Limit, shortage.Cause);
        Assert.Equal(maxThreads, shortage.Threads);
        Assert.InRange(TaskList.Of(scheduler).Count, 1, maxThreads);
        pipe.Release(Goroutines);
        await goroutines.Within();
        Assert.Equal(maxThreads, scheduler.MaxThreads);
        Assert.InRange(TaskList.Of(scheduler).Count, 1, maxThreads);
    }

    [Fact]
    public async Task MaxThreads_ReachedByLockedGoroutines_TheRestGoesOnWhenTheyEnd()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 2, maxThreads: 6);
        await scheduler.StartMany(100, async _ =>
        {
            Go.LockOSThread();
            await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
        }).Within();
    }

    [Theory]
    [InlineData("create")]
    [InlineData("map")]
    [InlineData("protect")]
    public async Task Refused_SomeTimesInARow_NothingIsLost(string what)
    {
        const int Refusals = 15;
        var platform = new FaultingPlatform(ThreadPlatform.Current);
        using var _ = TestScheduler.Create(out Scheduler scheduler, idleMilliseconds: 20, platform: platform);
        RefusalsOf(platform, what) = Refusals;
        for (int burst = 0; burst < 3; burst++)
            await scheduler.StartMany(60, _ => Thread.Sleep(5)).Within();
        Assert.Equal(0, Volatile.Read(ref RefusalsOf(platform, what)));
        Assert.NotEqual(0, scheduler.Statistics.ThreadsRefused);
    }

    [Theory]
    [InlineData("create", Native.EAGAIN)]
    [InlineData("map", Native.ENOMEM)]
    [InlineData("protect", Native.ENOMEM)]
    public async Task Refused_FromTheFirstOn_WorkWaitsUntilItWorksAgain(string what, int error)
    {
        var platform = new FaultingPlatform(ThreadPlatform.Current);
        RefusalsOf(platform, what) = int.MaxValue;
        using var _ = TestScheduler.Create(out Scheduler scheduler, platform: platform);
        var told = new TaskCompletionSource<ThreadShortageEventArgs>(TaskCreationOptions.RunContinuationsAsynchronously);
        scheduler.ThreadShortage += (_, e) => told.TrySetResult(e);
        Goroutine<bool>[] goroutines = scheduler.StartMany(10, async _ => await Go.Yield());
        ThreadShortageEventArgs shortage = await told.Task.Within(scheduler);
        Assert.Equal(ThreadShortageCause.Refused, shortage.Cause);
        Assert.Equal(error, shortage.ErrorNumber);
        Assert.DoesNotContain(goroutines, goroutine => goroutine.Completion.IsCompleted);
        Volatile.Write(ref RefusalsOf(platform, what), 0);
        await goroutines.Within();
    }

    [Fact]
    public async Task Refused_OnceThereAreMachines_TheyCarryOn()
    {
        var platform = new FaultingPlatform(ThreadPlatform.Current);
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 2, platform: platform);

        // A few machines, then no more.
        await scheduler.StartMany(4, _ => Thread.Sleep(20)).Within();
        Volatile.Write(ref platform.CreateRefusals, int.MaxValue);
        await scheduler.StartMany(40, _ => Thread.Sleep(5)).Within();
        Volatile.Write(ref platform.CreateRefusals, 0);
        await scheduler.StartMany(40, _ => Thread.Sleep(5)).Within();
    }

    [Fact]
    public async Task Refused_FreshThread_ThrowsThreadLimitException()
    {
        var platform = new FaultingPlatform(ThreadPlatform.Current);
        using var _ = TestScheduler.Create(out Scheduler scheduler, platform: platform);
        await scheduler.StartMany(4, _ => Thread.Sleep(20)).Within();
        Volatile.Write(ref platform.CreateRefusals, int.MaxValue);
        await scheduler.StartChecked(async () =>
        {
            await Assert.ThrowsAsync<ThreadLimitException>(async () => await Go.LockOSThreadAsync(ThreadPinOptions.Fresh));
            Volatile.Write(ref platform.CreateRefusals, 0);
            using ThreadPin hold = await Go.LockOSThreadAsync(ThreadPinOptions.Fresh);
        }).Within();
    }

    [Fact]
    public async Task Refused_AndTheProcessorGoesToALockedGoroutine_TheOtherGetsTheNextThread()
    {
        // The monitor is to have nothing to wake up for, not even stacks to unmap. In one round or another it may not sleep yet.
        const int Rounds = 10;
        var platform = new FaultingPlatform(new ManagedThreadPlatform());
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 2, idleMilliseconds: 1, platform: platform);
        var gates = Enumerable.Range(0, Rounds).Select(_ => new TaskCompletionSource()).ToArray();
        int ran = 0;
        Goroutine<bool> locked = scheduler.StartChecked(async () =>
        {
            Go.LockOSThread();
            for (int round = 0; round < Rounds; round++)
            {
                await gates[round].Task;

                // Keeps its processor, without entering the scheduler, while the other one is idle.
                Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref ran) > round, Limits.Hang / 2), "Nobody asks for a thread again.");
            }
        });
        for (int round = 0; round < Rounds; round++)
        {
            await Limits.Until(
                () => scheduler.Statistics is { GoroutinesParked: 1, IdleProcessors: 2, Threads: 2 },
                "the locked goroutine waits, and there is no thread but its own and the monitor's",
                scheduler);
            platform.Creating = () =>
            {
                platform.Creating = null;
                gates[round].SetResult();
            };
            Volatile.Write(ref platform.CreateRefusals, 1);
            await scheduler.StartChecked(() => Interlocked.Increment(ref ran)).Within();
        }

        await locked.Within();
        Assert.Equal(Rounds, scheduler.Statistics.ThreadsRefused);
    }

    [Fact]
    public async Task Shortage_WorkComesAsItEnds_GetsAMachine()
    {
        var platform = new FaultingPlatform(ThreadPlatform.Current);
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 2, idleMilliseconds: 1, platform: platform);
        using var ending = HeldPoint.At("shortage.ending");
        var gate = new TaskCompletionSource();
        bool ran = false;
        Goroutine<bool> locked = scheduler.StartChecked(async () =>
        {
            Go.LockOSThread();
            await gate.Task;

            // Keeps its processor, without entering the scheduler, while the other one is idle.
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref ran), Limits.Hang / 2), "Nobody runs the goroutine.");
        });
        await Limits.Until(
            () => scheduler.Statistics is { GoroutinesParked: 1, IdleProcessors: 2, Threads: 2 }, "the locked goroutine waits", scheduler);

        // Refused a thread for it, the scheduler gives the processor to the goroutine's own, and nothing else is left to do.
        Volatile.Write(ref platform.CreateRefusals, 1);
        gate.SetResult();
        ending.AwaitThread();
        Goroutine<bool> other = scheduler.StartChecked(() => Volatile.Write(ref ran, true));
        ending.GoOn();
        await other.Within();
        await locked.Within();
    }

    [Fact]
    public async Task Refused_ForATimerAsTheMonitorLeaves_ItStaysAndLeavesLater()
    {
        var platform = new FaultingPlatform(ThreadPlatform.Current);
        using var _ = TestScheduler.Create(out Scheduler scheduler, idleMilliseconds: 1, platform: platform);
        using var gone = HeldPoint.At("monitor.gone");
        await scheduler.StartChecked(() => { }).Within();
        gone.AwaitThread();
        Volatile.Write(ref platform.CreateRefusals, 1);
        Task slept = new SleepAwaitable(scheduler.Engine.Sleep(TimeSpan.FromMilliseconds(1), CancellationToken.None)).AsTask();
        gone.GoOn();
        await slept.Within(scheduler);
        await Limits.Until(() => scheduler.Statistics.Threads == 0, "the monitor has left", scheduler);
    }

    private static ref int RefusalsOf(FaultingPlatform platform, string what)
    {
        switch (what)
        {
            case "create":
                return ref platform.CreateRefusals;
            case "map":
                return ref platform.MapRefusals;
            case "protect":
                return ref platform.ProtectRefusals;
            default:
                throw new ArgumentOutOfRangeException(nameof(what), what, null);
        }
    }
}
