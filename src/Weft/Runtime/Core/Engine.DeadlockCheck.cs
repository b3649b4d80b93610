using Weft.Diagnostics;
using Weft.Runtime.Host;
using Weft.Runtime.Running;
using Weft.Runtime.Timers;
using Weft.Runtime.Watching;
namespace Weft.Runtime.Core;

/// <content>
/// Telling those that wait in Run that their main goroutine will never end.
/// <para>
/// <b>Sure.</b> Everything sleeps, and nothing can reach what could wake main: see <see cref="LeakSearch"/>. That stays so whatever happens
/// afterwards, so there is no race to lose against an event that comes during the search: it can only show that something else was not
/// asleep.
/// </para>
/// <para>
/// <b>Suspected.</b> Everything sleeps and waits for what goroutines end, and no user from outside is known of. Never more than an event.
/// </para>
/// </content>
internal sealed partial class Engine
{
    /// <summary>
    /// In nanoseconds. A collection is paid for only when nothing has run for so long. A deadlock loses nothing by being told a second
    /// later.
    /// </summary>
    private const long DeadlockGrace = 1_000_000_000;

    /// <summary>
    /// How much longer than a search it is until the next one at the least: a service that wakes and sleeps by turns, with a large heap,
    /// spends a hundredth of its time on them.
    /// </summary>
    private const int SearchRest = 99;

    // The monitor's own, as numbers of goroutines run so far, which tell one sleep from another: the sleep that goes on, and since when;
    // the one in which it was searched; the one in which a suspicion was told.
    private long _asleepTicks = -1;
    private long _asleepSince;
    private long _searchedTicks = -1;
    private long _suspectedTicks = -1;
    private long _nextSearchAt;

    /// <summary>A suspicion goes to standard error, too.</summary>
    internal bool WritesSuspicions { get; set; }

    /// <summary>Searches made so far, for tests.</summary>
    internal int DeadlockSearches { get; private set; }

    /// <summary>Called by the monitor when no machine runs goroutines. Returns when to ask again.</summary>
    internal long CheckDeadlock(long now)
    {
        if (Options.DeadlockDetection == DeadlockDetection.Off || LooksAsleep() is not long ticks)
            return TimerHeap.Never;
        if (ticks != _asleepTicks)
            (_asleepTicks, _asleepSince) = (ticks, now);
        if (ticks == _searchedTicks)
            return CheckSuspicion(now, ticks);
        long due = Math.Max(_asleepSince + DeadlockGrace, _nextSearchAt);
        if (now < due)
            return due;

        List<Goroutine> asleep = Registry.Snapshot();
        asleep.RemoveAll(static goroutine => goroutine.HasEnded);
        if (LooksAsleep() != ticks || asleep.Count != GoroutinesAlive)
            return now + DeadlockGrace; // one moment was looked at, and it is over
        _searchedTicks = ticks;
        HashSet<Goroutine> lost = FindLost(asleep);
        _nextSearchAt = MonotonicClock.Now + (SearchRest * (MonotonicClock.Now - now));
        if (LooksAsleep() != ticks)
            return TimerHeap.Never; // that was another sleep: the machine that ends it asks again
        return TellRuns(asleep, lost) ? TimerHeap.Never : CheckSuspicion(now, ticks);
    }

    /// <summary>The goroutines of this scheduler that nothing can ever wake. Any thread.</summary>
    internal List<GoroutineInfo> FindLeaked()
    {
        if (!LeakSearch.IsPossible)
            throw new InvalidOperationException("Leaked goroutines cannot be looked for in a region without collections; end it before.");
        if (WeakEventSources.MayExist())
        {
            throw new InvalidOperationException(
                "Leaked goroutines cannot be looked for while the process has a FileSystemWatcher: "
                + "the search might end it. Dispose it before.");
        }

        // Twice: what a finalizer of the first has woken, or is about to, is not found again.
        HashSet<Goroutine> leaked = LeakSearch.Find();
        if (leaked.Count > 0)
            leaked.IntersectWith(LeakSearch.Find());
        return [.. leaked.Where(goroutine => goroutine.Engine == this && !goroutine.HasEnded).Select(g => g.Describe()).OrderBy(g => g.Id)];
    }

    /// <summary>Those among the sleeping that are certain never to go on.</summary>
    private HashSet<Goroutine> FindLost(List<Goroutine> asleep)
    {
        HashSet<Goroutine> known = [.. asleep.Where(static goroutine => goroutine.NeverGoesOn)];
        if (Array.TrueForAll(WaitingRuns(), run => NeverEnds(run, asleep, known)) || !LeakSearch.IsPossible || WeakEventSources.MayExist())
            return known;
        DeadlockSearches++;
        return LeakSearch.Find(lost => Array.Exists(WaitingRuns(), run => NeverEnds(run, asleep, lost)));
    }

    /// <summary>Tells the runs whose main never ends; false if there is none.</summary>
    private bool TellRuns(List<Goroutine> asleep, HashSet<Goroutine> lost)
    {
        MainRun[] ending = Array.FindAll(WaitingRuns(), run => NeverEnds(run, asleep, lost));
        if (ending.Length == 0)
            return false;
        List<GoroutineInfo> described = Describe(asleep);
        foreach (MainRun run in ending)
            run.End(ExceptionFor(described));
        return true;
    }

    // A main that has ended itself with Go.Exit waits for all others; one that sleeps without end leaves the work to them.
    private static bool NeverEnds(MainRun run, List<Goroutine> asleep, HashSet<Goroutine> lost) =>
        run.Main.HasExitedEarly || run.Main.WaitReason.MayBeMeantForEver() ? asleep.TrueForAll(lost.Contains) : lost.Contains(run.Main);

    private MainRun[] WaitingRuns()
    {
        _lock.Enter();
        MainRun[] runs = [.. _mainRuns.Where(static run => !run.Main.HasEnded || run.Main.HasExitedEarly)];
        _lock.Exit();
        return runs;
    }

    /// <summary>After a search without a result: raises the event if that is to be done in this sleep. Returns when to ask again.</summary>
    private long CheckSuspicion(long now, long ticks)
    {
        if (ticks == _suspectedTicks || Registry.Find(static g => !g.HasEnded && !g.WaitReason.OnlyGoroutinesWake()) is not null)
            return TimerHeap.Never;
        if (Registry.Find(static g => !g.HasEnded && g.WaitReason.IsChannel()) is not null && !IsQuietOutside())
            return now + DeadlockGrace;
        _suspectedTicks = ticks;
        List<GoroutineInfo> asleep = Describe(Registry.Snapshot().Where(static goroutine => !goroutine.HasEnded));
        Owner.RaiseDeadlockSuspected(new DeadlockSuspectedEventArgs(asleep));
        if (WritesSuspicions)
            CleanThread.QueueToPool(_ => DeadlockSuspicion.Write(this, asleep), null);
        return TimerHeap.Never;
    }

    private static List<GoroutineInfo> Describe(IEnumerable<Goroutine> goroutines) =>
        [.. goroutines.Select(static goroutine => goroutine.Describe()).OrderBy(static goroutine => goroutine.Id)];
}
