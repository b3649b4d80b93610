using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Runtime.Running;
using Weft.Runtime.Timers;

namespace Weft.Runtime.Watching;

/// <summary>
/// Tells those that wait in <see cref="Scheduler.Run(Action, string, int)"/> that their main goroutine will never end. Used by the monitor
/// only. Times are nanoseconds on the monotonic clock.
/// </summary>
/// <remarks>
/// <para>
/// <b>Sure.</b> Everything sleeps, and nothing can reach what could wake main: see <see cref="LeakSearch"/>. That stays so whatever happens
/// afterwards, so there is no race to lose against an event that comes during the search: it can only show that something else was not
/// asleep.
/// </para>
/// <para>
/// <b>Suspected.</b> Everything sleeps and waits for what goroutines end, and no user from outside is known of. Never more than an event.
/// </para>
/// </remarks>
internal sealed class DeadlockWatch(Engine engine)
{
    /// <summary>
    /// A collection is paid for only when nothing has run for this long. A deadlock loses nothing by being told a second later.
    /// </summary>
    private const long Grace = 1_000_000_000;

    /// <summary>
    /// How many times longer than a search it is until the next one at the least: a service that wakes and sleeps by turns, with a large
    /// heap, spends a hundredth of its time on them.
    /// </summary>
    private const int SearchRest = 99;

    // As numbers of goroutines run so far, which tell one sleep from another: the sleep that goes on, and since when; the one in which it
    // was searched; the one in which a suspicion was told.
    private long _asleepTicks = -1;
    private long _asleepSince;
    private long _searchedTicks = -1;
    private long _suspectedTicks = -1;
    private long _nextSearchAt;

    /// <summary>Searches made so far, for tests.</summary>
    internal int Searches { get; private set; }

    /// <summary>Called when no machine runs goroutines. Returns when to ask again.</summary>
    internal long Check(long now)
    {
        if (engine.Options.DeadlockDetection == DeadlockDetection.Off || engine.TicksIfAsleep() is not long ticks)
            return TimerHeap.Never;
        if (ticks != _asleepTicks)
            (_asleepTicks, _asleepSince) = (ticks, now);
        if (ticks == _searchedTicks)
            return CheckSuspicion(now, ticks);
        long due = Math.Max(_asleepSince + Grace, _nextSearchAt);
        if (now < due)
            return due;

        List<Goroutine> asleep = engine.Registry.Snapshot();
        asleep.RemoveAll(static goroutine => goroutine.HasEnded);
        if (engine.TicksIfAsleep() != ticks || asleep.Count != engine.GoroutinesAlive)
            return now + Grace; // one moment was looked at, and it is over
        _searchedTicks = ticks;
        HashSet<Goroutine> lost = FindLost(asleep);
        _nextSearchAt = MonotonicClock.Now + (SearchRest * (MonotonicClock.Now - now));
        if (engine.TicksIfAsleep() != ticks)
            return TimerHeap.Never; // that was another sleep: the machine that ends it asks again
        return TellRuns(asleep, lost) ? TimerHeap.Never : CheckSuspicion(now, ticks);
    }

    /// <summary>Those among the sleeping that are certain never to go on.</summary>
    private HashSet<Goroutine> FindLost(List<Goroutine> asleep)
    {
        HashSet<Goroutine> known = [.. asleep.Where(static goroutine => goroutine.NeverGoesOn)];
        bool isEnough = Array.TrueForAll(engine.MainRuns.Waiting(), run => NeverEnds(run, asleep, known));
        if (isEnough || !LeakSearch.IsPossible || WeakEventSources.MayExist())
            return known;
        Searches++;
        return LeakSearch.Find(lost => Array.Exists(engine.MainRuns.Waiting(), run => NeverEnds(run, asleep, lost)));
    }

    /// <summary>Tells the runs whose main never ends; false if there is none.</summary>
    private bool TellRuns(List<Goroutine> asleep, HashSet<Goroutine> lost)
    {
        MainRun[] ending = Array.FindAll(engine.MainRuns.Waiting(), run => NeverEnds(run, asleep, lost));
        if (ending.Length == 0)
            return false;
        List<GoroutineInfo> described = EngineReport.Describe(asleep);
        foreach (MainRun run in ending)
            run.End(DeadlockException.For(described));
        return true;
    }

    // A main that has ended itself with Go.Exit waits for all others; one that sleeps without end leaves the work to them.
    private static bool NeverEnds(MainRun run, List<Goroutine> asleep, HashSet<Goroutine> lost) =>
        run.Main.HasExitedEarly || run.Main.WaitReason.MayBeMeantForEver() ? asleep.TrueForAll(lost.Contains) : lost.Contains(run.Main);

    /// <summary>After a search without a result: raises the event if that is to be done in this sleep. Returns when to ask again.</summary>
    private long CheckSuspicion(long now, long ticks)
    {
        if (ticks == _suspectedTicks || engine.Registry.Find(static g => !g.HasEnded && !g.WaitReason.OnlyGoroutinesWake()) is not null)
            return TimerHeap.Never;
        if (engine.Registry.Find(static g => !g.HasEnded && g.WaitReason.IsChannel()) is not null && !IsQuietOutside())
            return now + Grace;
        _suspectedTicks = ticks;
        engine.Listener.OnDeadlockSuspected(EngineReport.Asleep(engine));
        return TimerHeap.Never;
    }

    /// <summary>
    /// Whether nothing is known of outside goroutines that could use a channel for the first time: no work and no thread at work in .NET's
    /// pool, no timer of .NET's, no goroutine of another scheduler. A thread that the program has made itself, or a socket, cannot be known
    /// of.
    /// </summary>
    private bool IsQuietOutside()
    {
        ThreadPool.GetMaxThreads(out int most, out _);
        ThreadPool.GetAvailableThreads(out int available, out _);
        if (available != most || ThreadPool.PendingWorkItemCount > 0 || Timer.ActiveCount > OwnTimers.Count)
            return false;
        return EngineList.Snapshot().TrueForAll(other => other == engine || other.GoroutinesAlive == 0);
    }
}
