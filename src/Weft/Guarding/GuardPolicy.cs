namespace Weft.Guarding;

/// <summary>
/// Decides from looks at the pool how many threads it should make without hesitation. Knows neither the pool nor a clock, so that
/// simulations can run it.
/// </summary>
/// <remarks>
/// <para>
/// <b>What is known.</b> The pool says how many items wait, how many have ended, and how many threads work. The process's time on
/// processors says how many of those compute. The rest of them block. A pool needs as many threads as block, and one more for each
/// processor: so the guard raises the minimum while work waits, all allowed threads work, and those that want a processor are fewer than
/// there are processors. It lowers it to what is in use when nothing waits, and to what blocks when those that compute fill the processors.
/// </para>
/// <para>
/// <b>Findings</b> (<see cref="PoolFinding"/>), and what leads from one to another: Calm to Starving: work waited in two looks, every
/// allowed thread works, processors are free, and the threads do not want them. Starving to Calm: nothing waits. Starving to Busy: the
/// threads want all processors. Starving to AtBound: the process may have no more threads. Starving to Futile: <see cref="ThreadTrial"/>
/// has shown that fewer complete as much. Futile to Starving: nothing is completed any more, or time has passed. Any of them to Calm: a
/// look that came too late, as it tells nothing of the time between.
/// </para>
/// <para>
/// <b>What can go wrong.</b> The process, or the guard's thread, is stopped: the look comes late and only begins anew. A collection stops
/// the process: its pauses are not counted as time without completions. Others use the processors: the threads want them, which the system
/// tells on Linux; elsewhere the guard raises the minimum, at most to what work waits for. Threads are not to be had: the bound keeps room.
/// The user changes the minimum: it becomes the least that the guard goes back to. A convoy: the trial.
/// </para>
/// </remarks>
internal sealed class GuardPolicy(double processors, IGuardSenses senses)
{
    private const long Millisecond = 1_000_000;

    /// <summary>
    /// Between looks while work waits. A thread takes 0.1 to 0.2 ms to be made, so in a millisecond the last step shows; and a look takes
    /// some 10 us, a hundredth of it.
    /// </summary>
    internal const long FastNanoseconds = Millisecond;

    /// <summary>
    /// Between looks while more threads are wanted and must not be: nothing can be done but wait for room, which is asked for each 100 ms.
    /// A look takes 0.6 ms with 500 threads, most of it for what 32 of them do.
    /// </summary>
    private const long AtBoundNanoseconds = 50 * Millisecond;

    /// <summary>Between looks while a trial goes on, which ends after some tens of milliseconds, or has ended.</summary>
    private const long TryingNanoseconds = 20 * Millisecond;

    /// <summary>
    /// As much more for each thread of the pool: a look counts what waits in a queue of each, and its time on processors. With a thousand
    /// it takes 60 us, and they take a tenth of a second to be made.
    /// </summary>
    private const long OfAThreadNanoseconds = 4_000;

    /// <summary>
    /// Between looks while processors are the limit: nothing is lost by some milliseconds, and each look takes a processor from an item.
    /// </summary>
    private const long BusyNanoseconds = 10 * Millisecond;

    /// <summary>Between looks at a pool that works and in which nothing waits: as long as a burst may go unnoticed.</summary>
    private const long WorkingNanoseconds = 5 * Millisecond;

    /// <summary>Between looks at a pool that has had nothing to do for a while: 16 a second cost 0.2 ms of processor time.</summary>
    private const long QuietNanoseconds = 64 * Millisecond;

    /// <summary>A look that is this much later than asked for tells of something that stopped the guard, and perhaps the process.</summary>
    private const long LateNanoseconds = 50 * Millisecond;

    /// <summary>Without a completion for so long, items that compute have had two of the system's time slices each.</summary>
    private const long StallNanoseconds = 20 * Millisecond;

    /// <summary>Without a completion for so long, something other than the looked-for reason may keep all threads.</summary>
    private const long LongStallNanoseconds = 100 * Millisecond;

    /// <summary>
    /// For how long the most threads at work are remembered. Longer than most pauses between bursts that belong together.
    /// </summary>
    private const long MemoryNanoseconds = 2_000 * Millisecond;

    /// <summary>
    /// How often the threads of a pool are counted while the process uses all processors: they may be more than are needed; or all of them
    /// block, and others of the process compute.
    /// </summary>
    private const long SampleNanoseconds = 50 * Millisecond;

    /// <summary>Less use than this, as a part of the processors, leaves room for threads that compute.</summary>
    private const double FreeFrom = 0.8;

    /// <summary>A minimum is lowered if that takes a quarter of it away: smaller changes bring nothing.</summary>
    private const double WorthLowering = 0.75;

    /// <summary>The most threads that a step adds: in a millisecond the pool makes fewer.</summary>
    private const int MostStep = 256;

    private readonly CpuUse _use = new(hasQuota: processors != Math.Floor(processors));
    private readonly RecentPeak _peak = new(MemoryNanoseconds);
    private readonly ThreadTrial _trial = new();
    private readonly int _wholeProcessors = Math.Max(1, (int)Math.Ceiling(processors));

    private PoolLook _last;
    private bool _hasLast;
    private long _nextAt;
    private int _waitingLooks;
    private int _starvingLooks;
    private long _progressAt;
    private long _sampleAt;
    private long _quietNanoseconds = FastNanoseconds;

    /// <summary>What follows from a look.</summary>
    internal GuardStep Judge(in PoolLook look)
    {
        GuardStep step = Comes(look) ? Decide(look) : new GuardStep(PoolFinding.Calm, look.Minimum, FastNanoseconds);
        _last = look;
        _hasLast = true;
        step = step with { NextNanoseconds = step.NextNanoseconds + (look.Working * OfAThreadNanoseconds) };
        _nextAt = look.TimeNanoseconds + step.NextNanoseconds;
        return step;
    }

    /// <summary>Takes note of a look; false if it comes so late that it can only be the first of others.</summary>
    private bool Comes(in PoolLook look)
    {
        _peak.Add(look.TimeNanoseconds, look.Working);
        long paused = look.PausedNanoseconds - _last.PausedNanoseconds;
        if (!_hasLast || look.TimeNanoseconds - paused - _nextAt > LateNanoseconds)
        {
            _use.Restart(look);
            _trial.Abort(look);
            _progressAt = look.TimeNanoseconds;
            _waitingLooks = 0;
            return false;
        }

        _use.Add(look);
        _progressAt = look.Completed != _last.Completed ? look.TimeNanoseconds : _progressAt + paused;
        return true;
    }

    private GuardStep Decide(in PoolLook look)
    {
        if (look.Pending == 0)
        {
            _waitingLooks = 0;
            return Calm(look);
        }

        _quietNanoseconds = FastNanoseconds;
        if (++_waitingLooks < 2)
            return new GuardStep(PoolFinding.Calm, look.Minimum, FastNanoseconds);
        long stall = look.TimeNanoseconds - _progressAt;
        if (look.Working < look.Minimum && stall < LongStallNanoseconds)
            return new GuardStep(PoolFinding.Calm, look.Minimum, FastNanoseconds); // the pool makes threads by itself
        bool isFull = _use.Processors >= FreeFrom * processors;
        if (isFull && stall < StallNanoseconds && look.TimeNanoseconds < _sampleAt)
            return new GuardStep(PoolFinding.Busy, look.Minimum, BusyNanoseconds);
        double? counted = senses.CountWantingCpu();
        if ((counted ?? _use.Processors) is not double wanting)
            return new GuardStep(PoolFinding.Calm, look.Minimum, FastNanoseconds); // too early to tell
        return wanting >= _wholeProcessors || (isFull && counted is null)
            ? Busy(look, Math.Min(wanting, look.Working))
            : ++_starvingLooks < 2 ? new GuardStep(PoolFinding.Calm, look.Minimum, FastNanoseconds)
            : Starving(look, stall);
    }

    private GuardStep Calm(in PoolLook look)
    {
        _starvingLooks = 0;

        // A pool at rest is looked at more and more seldom.
        bool isQuiet = look.Completed == _last.Completed;
        _quietNanoseconds = isQuiet ? Math.Min(2 * _quietNanoseconds, QuietNanoseconds) : WorkingNanoseconds;
        if (look.Minimum > look.UserMinimum || _trial.IsTrying)
        {
            if (look.Working == 0)
                _trial.NoteQuiet(look);
            else
                _trial.Note(look, starves: false, look.TimeNanoseconds - _progressAt, senses.CountContentions());
            if (_trial.Allowance < look.Minimum)
                return Cut(look);
        }

        return new GuardStep(PoolFinding.Calm, Lowered(look, _peak.Value), _quietNanoseconds);
    }

    private GuardStep Busy(in PoolLook look, double wanting)
    {
        _starvingLooks = 0;
        _sampleAt = look.TimeNanoseconds + SampleNanoseconds;
        int blocked = look.Working - (int)wanting;
        return new GuardStep(PoolFinding.Busy, Lowered(look, blocked + _wholeProcessors), BusyNanoseconds);
    }

    private GuardStep Starving(in PoolLook look, long stall)
    {
        _trial.Note(look, starves: true, stall, senses.CountContentions());
        int most = Math.Max(senses.MostThreads(), look.UserMinimum);
        if (_trial.Allowance < look.Minimum)
            return Cut(look);
        int allowed = Math.Max(Math.Min(_trial.Allowance, most), look.UserMinimum);
        if (stall < StallNanoseconds && _trial.HoldsGrowth(look))
            return new GuardStep(PoolFinding.Starving, look.Minimum, FastNanoseconds);
        int step = Math.Clamp(look.Working / 2, _wholeProcessors, MostStep);
        int wanted = Math.Min(Math.Max(look.Minimum, look.Working) + step, allowed);
        if (wanted > Math.Max(look.Minimum, look.Working))
            return new GuardStep(PoolFinding.Starving, wanted, FastNanoseconds);
        PoolFinding finding = _trial.IsCapped ? PoolFinding.Futile
            : _trial.IsTrying ? PoolFinding.Trying
            : allowed == most ? PoolFinding.AtBound
            : PoolFinding.Starving;
        return new GuardStep(finding, look.Minimum, finding == PoolFinding.AtBound ? AtBoundNanoseconds : TryingNanoseconds);
    }

    /// <summary>To what the trial allows, or the process.</summary>
    private GuardStep Cut(in PoolLook look)
    {
        int minimum = Math.Max(Math.Min(_trial.Allowance, look.Minimum), look.UserMinimum);
        return new GuardStep(_trial.IsCapped ? PoolFinding.Futile : PoolFinding.Trying, minimum, FastNanoseconds);
    }

    private static int Lowered(in PoolLook look, int needed)
    {
        int minimum = Math.Max(needed, look.UserMinimum);
        return minimum <= look.Minimum * WorthLowering || (minimum == look.UserMinimum && minimum < look.Minimum) ? minimum : look.Minimum;
    }
}
