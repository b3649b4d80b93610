using System.Runtime.CompilerServices;
using Weft.Runtime.Core;
using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Core;

/// <summary>A count of the engine that cannot be right is found. Nothing moves meanwhile: the engine has never had a thread.</summary>
public sealed class BrokenCountTests
{
    [Theory]
    [InlineData("blocked")]
    [InlineData("being made")]
    [InlineData("waiting")]
    [InlineData("looking for work")]
    public void FindBrokenInvariant_ACountBelowZero_SaysWhich(string which)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        ref int count = ref Count(scheduler.Engine, which);
        count--;
        AssertBroken(scheduler, $"{which} -1");
        count++;
        Assert.Null(scheduler.Engine.FindBrokenInvariant());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void FindBrokenInvariant_OtherThanComputeWithoutAProcessor_SaysSo(int computing)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        ref int count = ref Machines(scheduler.Engine).ComputingExtra;
        count = computing;
        AssertBroken(scheduler, $"0 machines compute without a processor, and {computing} are counted");
        count = 0;
        Assert.Null(scheduler.Engine.FindBrokenInvariant());
    }

    [Fact]
    public void FindBrokenInvariant_MoreThreadsThanMayBe_SaysSo()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, maxThreads: 8);
        ref long count = ref ThreadsReserved(Factory(scheduler.Engine));
        count = 9;
        AssertBroken(scheduler, "9 threads exist or are being made, and 8 may");
        count = 8;
        Assert.Null(scheduler.Engine.FindBrokenInvariant());
        count = 0;
    }

    [Fact]
    public void FindBrokenInvariant_StoppedWithAMachine_SaysSo()
    {
        TestScheduler disposer = TestScheduler.Create(out Scheduler scheduler);
        disposer.Dispose();
        Assert.Null(scheduler.Engine.FindBrokenInvariant());
        MachineCount(Machines(scheduler.Engine)) = 1;
        AssertBroken(scheduler, "has stopped with 1 machines");
    }

    private static void AssertBroken(Scheduler scheduler, string what) =>
        Assert.Contains(what, scheduler.Engine.FindBrokenInvariant(), StringComparison.Ordinal);

    private static ref int Count(Engine engine, string which)
    {
        switch (which)
        {
            case "blocked":
                return ref Machines(engine).Blocked;
            case "being made":
                return ref Machines(engine).Creating;
            case "waiting":
                return ref Machines(engine).WaitingForGoroutine;
            default:
                return ref Spinning(engine);
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_spinning")]
    private static extern ref int Spinning(Engine engine);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_factory")]
    private static extern ref MachineFactory Factory(Engine engine);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_reserved")]
    private static extern ref long ThreadsReserved(MachineFactory factory);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_machines")]
    private static extern ref MachineTable Machines(Engine engine);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_count")]
    private static extern ref int MachineCount(MachineTable machines);
}
