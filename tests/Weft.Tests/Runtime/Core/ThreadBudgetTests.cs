using Weft.Runtime.Core;
using Weft.Threads;

namespace Weft.Tests.Runtime.Core;

/// <summary>How far a scheduler goes while the system refuses threads. Times are nanoseconds from any moment.</summary>
public sealed class ThreadBudgetTests
{
    private const long Pace = ThreadBudget.FirstPace;
    private const long Minute = 60_000_000_000;

    [Fact]
    public void Allows_NothingRefused_AnyNumber()
    {
        ThreadBudget budget = Blind();
        Assert.True(budget.Allows(1_000_000, 0));
        Assert.False(budget.HasLimit);
        Assert.False(budget.IsExceededBy(1_000_000, 0));
    }

    [Fact]
    public void NoteRefusal_AtANumber_KeepsFewerAndComesBackSlowly()
    {
        ThreadBudget budget = Blind();
        budget.NoteRefusal(80, 0);
        Assert.Equal((true, false), (budget.Allows(69, 0), budget.Allows(70, 0)));
        Assert.Equal((false, true), (budget.IsExceededBy(70, 0), budget.IsExceededBy(71, 0)));
        Assert.Equal((true, false), (budget.Allows(79, 10 * Pace), budget.Allows(80, 10 * Pace)));
    }

    [Fact]
    public void NoteRefusal_AgainAndAgain_ComesBackMoreSlowly()
    {
        ThreadBudget budget = Blind();
        budget.NoteRefusal(80, 0);
        budget.NoteRefusal(80, Pace);
        Assert.False(budget.Allows(70, (3 * Pace) - 1));
        Assert.True(budget.Allows(70, 3 * Pace));
        budget.NoteRefusal(80, Pace + Minute + 1);
        Assert.True(budget.Allows(70, Pace + Minute + 1 + Pace));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(4)]
    public void NoteRefusal_OfTheFirstFew_IsAskedAgainAtOnce(int threads)
    {
        ThreadBudget budget = Blind();
        budget.NoteRefusal(threads, 0);
        Assert.True(budget.Allows(ThreadBudget.Floor - 1, 0));
        Assert.False(budget.IsExceededBy(ThreadBudget.Floor, 0));
    }

    [Fact]
    public void NoteWaitingWork_NothingRuns_AllowsOneMoreEachPace()
    {
        ThreadBudget budget = Blind();
        budget.NoteRefusal(80, 0);
        budget.NoteWaitingWork(ticks: 7, threads: 79, 0);
        budget.NoteWaitingWork(ticks: 7, threads: 79, Pace - 1);
        Assert.False(budget.Allows(79, Pace - 1));
        budget.NoteWaitingWork(ticks: 7, threads: 79, Pace);
        Assert.Equal((true, false), (budget.Allows(79, Pace), budget.Allows(80, Pace)));
        Assert.False(budget.IsExceededBy(80, Pace));
        budget.NoteWaitingWork(ticks: 7, threads: 80, 2 * Pace);
        Assert.True(budget.Allows(80, 2 * Pace));
    }

    [Fact]
    public void NoteWaitingWork_StillNothingRuns_AllowsTheNextSooner()
    {
        ThreadBudget budget = Blind();
        budget.NoteRefusal(80, 0);
        budget.NoteWaitingWork(ticks: 7, threads: 79, 0);
        budget.NoteWaitingWork(ticks: 7, threads: 79, Pace);
        budget.NoteWaitingWork(ticks: 7, threads: 80, Pace + (Pace / 2) - 1);
        Assert.False(budget.Allows(80, Pace + (Pace / 2) - 1));
        budget.NoteWaitingWork(ticks: 7, threads: 80, Pace + (Pace / 2));
        Assert.True(budget.Allows(80, Pace + (Pace / 2)));

        // Refused: not sooner than this one, nor later.
        budget.NoteRefusal(80, Pace + (Pace / 2));
        budget.NoteWaitingWork(ticks: 7, threads: 80, (2 * Pace) - 1);
        Assert.False(budget.Allows(80, (2 * Pace) - 1));
        budget.NoteWaitingWork(ticks: 7, threads: 80, 2 * Pace);
        Assert.True(budget.Allows(80, 2 * Pace));
    }

    [Fact]
    public void NoteWaitingWork_SomethingRuns_AllowsNoMore()
    {
        ThreadBudget budget = Blind();
        budget.NoteRefusal(80, 0);
        for (int i = 0; i < 10; i++)
            budget.NoteWaitingWork(ticks: i, threads: 79, i * Pace / 2);
        Assert.False(budget.Allows(79, 5 * Pace));
    }

    [Fact]
    public void Look_LastQuarterIsReached_RefusesUnlessEverythingStandsStill()
    {
        var limits = new FewThreads { Free = 100 };
        var budget = new ThreadBudget(limits, () => limits);
        long threads = ThreadBudget.Floor;
        long most = threads + limits.Free;
        while (budget.Allows(threads, 0) && (!budget.NeedsLook(threads, 0) || budget.NoteRoom(budget.Look(), threads, 0)))
            (threads, limits.Free) = (threads + 1, limits.Free - 1);
        Assert.InRange(limits.Free, most / 4 - 1, most / 4 + 1);

        for (int i = 0; i < 200; i++)
        {
            budget.NoteWaitingWork(ticks: 1, threads, i * Pace);
            if (budget.Allows(threads, 0) && (!budget.NeedsLook(threads, 0) || budget.NoteRoom(budget.Look(), threads, 0)))
                (threads, limits.Free) = (threads + 1, limits.Free - 1);
        }

        Assert.Equal(2, limits.Free); // for .NET's compiler and pool
    }

    [Fact]
    public void NeedsLook_NoLimitIsKnown_NotAfterTheFirst()
    {
        ThreadBudget budget = Blind();
        Assert.True(budget.NeedsLook(ThreadBudget.Floor, 0));
        Assert.True(budget.NoteRoom(budget.Look(), ThreadBudget.Floor, 0));
        Assert.False(budget.NeedsLook(1_000_000, long.MaxValue));
    }

    private static ThreadBudget Blind() => new(null, static () => null);

    private sealed class FewThreads : IThreadLimits
    {
        internal long Free { get; set; }

        public ThreadRoom Tightest() => TightestShared();

        public ThreadRoom TightestShared() => new(Free, "a limit");
    }
}
