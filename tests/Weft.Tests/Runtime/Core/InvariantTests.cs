using Weft.Runtime.Core;
using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Core;

/// <summary>
/// What debug builds assert at every change of state: it holds under load, and each look finds what it is there for. The invariants of
/// threads and stacks are asserted where those are joined, those of the run right in <see cref="Goroutine"/>.
/// </summary>
public sealed class InvariantTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task FindBrokenInvariant_WhileEverythingChanges_FindsNothing(int procs)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs, idleMilliseconds: 1);
        Engine engine = scheduler.Engine;
        using var stop = new Gate();
        string? broken = null;
        var looker = new Thread(() =>
        {
            while (broken is null && !stop.IsOpen)
            {
                broken = engine.FindBrokenInvariant();
                Thread.Yield();
            }
        });
        looker.Start();
        for (int round = 0; round < 20; round++)
        {
            scheduler.MaxProcs = 1 + ((procs + round) % 4);
            await scheduler.StartMany(60, async i =>
            {
                if (i % 7 == 0)
                    Go.LockOSThread();
                if (i % 3 == 0)
                    Thread.Sleep(1);
                await Go.Yield();
                if (i % 2 == 0)
                    Task.Delay(1).Wait();
                Go.Blocking(() => Thread.Sleep(0));
            }).Within();
        }

        stop.Open();
        looker.Join();
        Assert.Null(broken);
    }

    [Fact]
    public async Task FindBrokenInvariant_AProcessorInTwoStates_SaysSo()
    {
        using var _ = Quiet(out Scheduler scheduler);
        await scheduler.Start(() => 0).Within();
        await NobodyRunsAsync(scheduler);
        Processor processor = scheduler.Engine.Processors[0];
        AssertBroken(scheduler, "is idle and has an owner or is in transit", () => processor.InTransit = true,
            () => processor.InTransit = false);
        AssertBroken(scheduler, "is on the idle list and not marked so", () => processor.IsIdle = false, () => processor.IsIdle = true);
    }

    [Fact]
    public async Task FindBrokenInvariant_AnOwnedProcessorLosesItsOwner_SaysSo()
    {
        using var _ = Quiet(out Scheduler scheduler);
        await scheduler.StartChecked(() =>
        {
            Machine machine = Machine.Calling!;
            Processor processor = machine.Processor!;
            AssertBroken(scheduler, "is lost", () => processor.Owner = null, () => processor.Owner = machine);
            AssertBroken(scheduler, "has an owner and is in transit", () => processor.InTransit = true, () => processor.InTransit = false);
            AssertBroken(scheduler, "is gone and owns", () => machine.IsGone = true, () => machine.IsGone = false);
            AssertBroken(scheduler, "is idle and owns", () => machine.IsIdle = true, () => machine.IsIdle = false);
        }).Within();
    }

    [Fact]
    public async Task FindBrokenInvariant_AnIdleMachineWithWorkOrMiscounted_SaysSo()
    {
        using var _ = Quiet(out Scheduler scheduler);
        Machine machine = await scheduler.Start(() => Machine.Calling!).Within();
        await NobodyRunsAsync(scheduler);
        AssertBroken(scheduler, "is idle and has a processor", () => machine.Processor = scheduler.Engine.Processors[0],
            () => machine.Processor = null);
        AssertBroken(scheduler, "is idle and waits", () => machine.IsWaitingForGoroutine = true,
            () => machine.IsWaitingForGoroutine = false);
        AssertBroken(scheduler, "torn at machine", () => machine.IsIdle = false, () => machine.IsIdle = true);
    }

    // Nothing of it moves by itself while a test looks: the idle time-out is long, and no goroutine runs.
    private static TestScheduler Quiet(out Scheduler scheduler) => TestScheduler.Create(out scheduler, procs: 1, idleMilliseconds: 600_000);

    private static Task NobodyRunsAsync(Scheduler scheduler) => Limits.Until(
        () => scheduler.Statistics is { MachinesIdle: > 0, MachinesRunning: 0, MachinesSpinning: 0, IdleProcessors: 1 },
        "every machine is idle",
        scheduler);

    private static void AssertBroken(Scheduler scheduler, string what, Action breakIt, Action mend)
    {
        Assert.Null(scheduler.Engine.FindBrokenInvariant());
        breakIt();
        string? broken = scheduler.Engine.FindBrokenInvariant();
        mend();
        Assert.Contains(what, broken, StringComparison.Ordinal);
        Assert.Null(scheduler.Engine.FindBrokenInvariant());
    }
}
