using System.Diagnostics;
using System.Runtime.CompilerServices;
using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Runtime.Running;
using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Running;

/// <summary>
/// What debug builds assert of a machine that runs a goroutine, or leaves: each assertion fails for what it is there for.
/// </summary>
public sealed class RunRightAssertionTests : IDisposable
{
    private readonly Refusal _refusal = new();

    public RunRightAssertionTests()
    {
        Assert.SkipUnless(FaultPoints.AreCompiledIn, "this build asserts nothing; a debug build does");
        Trace.Listeners.Insert(0, _refusal);
    }

    public void Dispose()
    {
        Trace.Listeners.Remove(_refusal);
        _refusal.Dispose();
    }

    [Fact]
    public async Task NoteRunner_SomebodyRunsIt_Fails()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(() =>
        {
            Machine machine = Machine.Calling!;
            AssertFails("A goroutine is run by two machines.", () => Go.Current!.NoteRunner(machine));
            AssertFails("A goroutine is run by two machines.", () => Go.Current!.NoteRunner(new Machine(machine.Engine, 0)));
        }).Within();
    }

    [Fact]
    public async Task AssertRunner_AnotherMachine_Fails()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(() =>
        {
            AssertRunner(Go.Current!, Machine.Calling!);
            AssertFails(
                "A continuation runs on a machine that has not the run right.",
                () => AssertRunner(Go.Current!, new Machine(scheduler.Engine, 0)));
        }).Within();
    }

    [Fact]
    public async Task NoteRunner_NobodyHasTheRunRight_Fails()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Goroutine<bool> goroutine = await EndedAsync(scheduler);
        AssertFails("The run right was given up by a machine that had it not.", () => NoteReleasing(goroutine));
        AssertFails("A goroutine is run without the run right.", () => goroutine.NoteRunner(new Machine(scheduler.Engine, 0)));
        AssertFails("The run right was given up twice.", () => NoteReleasing(goroutine));
    }

    [Fact]
    public async Task AssertMayRun_MachineThatMayNot_Fails()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Goroutine<bool> one = await EndedAsync(scheduler), other = await EndedAsync(scheduler);
        AssertMayRun(null, new Machine(scheduler.Engine, 0), one);
        AssertMayRun(null, new Machine(scheduler.Engine, 0) { Locked = one, Tainted = true }, one);
        AssertMayNot("A locked machine runs another goroutine.", new Machine(scheduler.Engine, 0) { Locked = other });
        AssertMayNot("A tainted machine runs a goroutine.", new Machine(scheduler.Engine, 0) { Tainted = true });
        AssertMayNot("An idle machine, or one on its way out, runs a goroutine.", new Machine(scheduler.Engine, 0) { IsIdle = true });
        AssertMayNot("An idle machine, or one on its way out, runs a goroutine.", new Machine(scheduler.Engine, 0) { IsGone = true });

        void AssertMayNot(string message, Machine machine) => AssertFails(message, () => AssertMayRun(null, machine, one));
    }

    [Fact]
    public void AssertOwnsNothing_MachineThatOwnsSomething_Fails()
    {
        // Nothing runs here: the processors are idle and stay so.
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Engine engine = scheduler.Engine;
        Processor processor = engine.Processors[^1];
        var machine = new Machine(engine, 0);
        AssertOwnsNothing(engine, machine);
        AssertOwns("A machine that retires has work.", new Machine(engine, 0) { Processor = processor });
        AssertOwns("A machine that retires has work.", new Machine(engine, 0) { NextProcessor = processor });
        AssertOwns("A machine that retires has work.", new Machine(engine, 0) { IsIdle = true });
        AssertOwns("A machine that retires is listed.", new Machine(engine, 0) { AllNext = machine });
        processor.Owner = machine;
        AssertOwns("A machine that retires owns a processor.", machine);
        processor.Owner = null;

        void AssertOwns(string message, Machine owner) => AssertFails(message, () => AssertOwnsNothing(engine, owner));
    }

    // Parked for good: nobody has its run right.
    private static async Task<Goroutine<bool>> EndedAsync(Scheduler scheduler)
    {
        Goroutine<bool> goroutine = scheduler.StartChecked(() => { });
        await goroutine.Within();
        await Limits.Until(() => scheduler.Statistics.IdleProcessors == scheduler.MaxProcs, "nobody runs", scheduler);
        return goroutine;
    }

    private static void AssertFails(string message, Action check) =>
        Assert.Equal(message, Assert.Throws<InvalidOperationException>(check).Message);

    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern void AssertRunner(Goroutine goroutine, Runner runner);

    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern void NoteReleasing(Goroutine goroutine);

    [UnsafeAccessor(UnsafeAccessorKind.StaticMethod)]
    private static extern void AssertMayRun(Engine? engine, Machine machine, Goroutine goroutine);

    [UnsafeAccessor(UnsafeAccessorKind.Method)]
    private static extern void AssertOwnsNothing(Engine engine, Machine machine);

    /// <summary>Comes before the listener that ends the process.</summary>
    private sealed class Refusal : TraceListener
    {
        public override void Fail(string? message, string? detailMessage) => throw new InvalidOperationException(message);

        public override void Write(string? message)
        {
        }

        public override void WriteLine(string? message)
        {
        }
    }
}
