using Weft.Runtime.Host;
using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Core;

/// <summary>
/// Goroutines that spin until another has done something: that one gets its turn, however many spin, and wherever it waits.
/// </summary>
public sealed class SpinningTests
{
    [Theory]
    [InlineData(100, 1)]
    [InlineData(100, 2)]
    [InlineData(500, 1)]
    [InlineData(500, 2)]
    public async Task Spinners_OfAFlagThatTheLastStartedSets_AllEnd(int spinners, int procs)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        bool flag = false;
        await scheduler.StartChecked(async () =>
        {
            Goroutine<bool>[] spinning = scheduler.StartMany(spinners, _ => SpinUntil(ref flag));
            Go.Start(() => Volatile.Write(ref flag, true));
            await Task.WhenAll(spinning.Select(goroutine => goroutine.Task));
        }).Within();
    }

    /// <summary>Few may compute on, so that the rest depends on the monitor's relief.</summary>
    [Theory]
    [InlineData("started last")]
    [InlineData("started between")]
    [InlineData("sleeps")]
    [InlineData("locked")]
    [InlineData("comes back from a call")]
    [InlineData("comes back from a wait")]
    [InlineData("chain")]
    public async Task Spinners_OfAFlagThatAnotherSets_AllEnd(string setter)
    {
        SchedulerOptions options = Options(procs: 2, computing: 2);
        using var _ = TestScheduler.Create(options, out Scheduler scheduler);
        await AssertSpinnersEndAsync(scheduler, setter);
    }

    [Fact]
    public async Task Spinners_WithDelaysWhereATurnIsGiven_AllEnd()
    {
        Assert.SkipUnless(FaultPoints.AreCompiledIn, "this build has no fault points; a debug build has");
        SchedulerOptions options = Options(procs: 2, computing: 1);
        using var _ = TestScheduler.Create(options, out Scheduler scheduler);
        bool passed = false;
        FaultPoints.Hook = label =>
        {
            if (label == "extra.taken")
                Volatile.Write(ref passed, true);
            if (label is "extra.taken" or "machine.parking" or "take.published")
                Thread.SpinWait(20_000);
        };
        try
        {
            for (int round = 0; round < 20; round++)
                await AssertSpinnersEndAsync(scheduler, round % 2 == 0 ? "chain" : "comes back from a wait");
        }
        finally
        {
            FaultPoints.Hook = null;
        }

        Assert.True(Volatile.Read(ref passed));
    }

    [Fact]
    public async Task Spinners_AsManyAsThreads_OthersWaitAndNothingIsLost()
    {
        SchedulerOptions options = Options(procs: 1, computing: 1, threads: 6);
        using var _ = TestScheduler.Create(options, out Scheduler scheduler);
        bool flag = false;
        Goroutine<bool>[] spinning = scheduler.StartMany(10, _ => SpinUntil(ref flag));
        await Limits.Until(() => scheduler.Statistics.Threads == 6, "every thread computes", scheduler);
        Goroutine<bool> other = scheduler.StartChecked(() => { });
        Volatile.Write(ref flag, true);
        await spinning.Append(other).Within();
    }

    [Fact]
    public async Task Spinner_WithoutTimeSlices_KeepsItsProcessor()
    {
        SchedulerOptions options = Options(procs: 1, computing: 0);
        using var _ = TestScheduler.Create(options, out Scheduler scheduler);
        using var begun = new Gate();
        bool stop = false, otherRan = false, otherRanMeanwhile = true;
        Goroutine<bool> spinner = scheduler.StartChecked(() =>
        {
            begun.Open();
            SpinUntil(ref stop);
            otherRanMeanwhile = Volatile.Read(ref otherRan);
        });
        await Limits.Until(() => begun.IsOpen, "the spinner runs", scheduler);
        Goroutine<bool> other = scheduler.StartChecked(() => Volatile.Write(ref otherRan, true));

        // Long enough for a relief, if there were one: a wait for what must not happen has no event.
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Volatile.Write(ref stop, true);
        await new[] { spinner, other }.Within();
        Assert.False(otherRanMeanwhile);
    }

    private static async Task AssertSpinnersEndAsync(Scheduler scheduler, string setter)
    {
        const int Spinners = 10;
        bool flag = false;
        int begun = 0;
        using var release = new ManualResetEventSlim();
        Goroutine<bool> StartSetter() => setter switch
        {
            "sleeps" => scheduler.StartChecked(async () =>
            {
                // Ten of them, so that it wants ten turns.
                for (int i = 0; i < 10; i++)
                    await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
                Volatile.Write(ref flag, true);
            }),
            "locked" => scheduler.StartChecked(async () =>
            {
                Go.LockOSThread();
                await Go.Yield();
                Volatile.Write(ref flag, true);
                Go.UnlockOSThread();
            }),
            "comes back from a call" => scheduler.StartChecked(() =>
            {
                Go.Blocking(release.Wait);
                Go.Start(() => Volatile.Write(ref flag, true));
            }),
            "comes back from a wait" => scheduler.StartChecked(() =>
            {
                release.Wait();
                Volatile.Write(ref flag, true);
            }),
            "chain" => scheduler.StartChecked(async () =>
            {
                // Each step wakes another goroutine, which needs a turn of its own.
                var channel = new Chan<int>();
                for (int i = 0; i < 5; i++)
                {
                    Go.Start(async () => await channel.SendAsync(1));
                    await channel.ReceiveAsync();
                }

                Volatile.Write(ref flag, true);
            }),
            _ => scheduler.StartChecked(() =>
            {
                Volatile.Write(ref flag, true);
            }),
        };

        List<Goroutine<bool>> all = [];
        if (setter is "sleeps" or "comes back from a call" or "comes back from a wait")
            all.Add(StartSetter());
        for (int i = 0; i < Spinners; i++)
        {
            if (setter == "started between" && i == Spinners / 2)
                all.Add(StartSetter());
            all.Add(scheduler.StartChecked(() =>
            {
                Interlocked.Increment(ref begun);
                SpinUntil(ref flag);
            }));
        }

        if (setter is "locked" or "chain" or "started last")
            all.Add(StartSetter());
        if (setter.StartsWith("comes back", StringComparison.Ordinal))
        {
            // More than may compute, and the processors with them.
            await Limits.Until(() => Volatile.Read(ref begun) >= 4, "spinners have begun", scheduler);
            release.Set();
        }

        await all.Within();
        Assert.Null(scheduler.Engine.FindBrokenInvariant());
    }

    private static SchedulerOptions Options(int procs, int computing, int threads = 10_000) => new()
    {
        Name = TestScheduler.NextName(),
        MaxProcs = procs,
        MaxThreads = threads,
        MaxComputingExtra = computing,
        TimeSlice = TimeSpan.FromMilliseconds(1),
    };

    private static void SpinUntil(ref bool flag)
    {
        while (!Volatile.Read(ref flag))
            Thread.SpinWait(10);
    }
}
