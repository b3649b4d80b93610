namespace Weft.Guarding;

/// <summary>
/// Finds out whether the threads that the guard has given to the pool are of any use: lets the pool go on with fewer of them for a moment,
/// and compares what it completes. Threads that bring nothing stay away: they wait for each other at a lock, or for ten connections.
/// </summary>
/// <remarks>
/// <para>
/// There are two trials. <i>Halving</i>: a pool that still starves after a second goes on with half of its threads; if it completes as
/// much,
/// half of the rest is tried next. <i>Convoy</i>: .NET counts how often a lock was contended, and a pool that has been raised, and
/// completes
/// items that contend, goes on with the user's minimum at once; what it completes then tells how many threads are of use. The second
/// is needed as the locks of .NET are unfair: with hundreds of threads at a lock that two would keep busy, some wait for a second.
/// </para>
/// <para>
/// States: Resting; Draining, from the moment that fewer are allowed until the others have ended what they run; Measuring; Capped, with the
/// threads that were enough. Every trial ends: Draining and Measuring after two seconds at most, Capped after a pause. A pool that
/// completes
/// nothing for half a second leaves any of them, as its items may wait for items behind them; so does one that has nothing to do.
/// </para>
/// </remarks>
internal sealed class ThreadTrial
{
    /// <summary>With fewer threads there is little to be gained by halving.</summary>
    internal const int LeastThreads = 64;

    /// <summary>
    /// Threads that the pool gets without a trial: as many as those who set the minimum by hand commonly give it for good. With some 60 KB
    /// each they take 60 MB.
    /// </summary>
    internal const int AmpleThreads = 1_024;

    private const long Millisecond = 1_000_000;

    /// <summary>Nothing completed for so long is no convoy any more: items may wait for items behind them.</summary>
    private const long DeadNanoseconds = 500 * Millisecond;

    /// <summary>
    /// How long a pool whose locks are contended goes on with the threads that it has, before it gets half as many again.
    /// </summary>
    private const long HoldNanoseconds = 200 * Millisecond;

    /// <summary>The first halving follows after a second of starving; a burst is over by then.</summary>
    private const long FirstNanoseconds = 1_000 * Millisecond;

    /// <summary>Threads that have not ended what they run by then are in calls that take longer than a trial may.</summary>
    private const long MostDrainNanoseconds = 2_000 * Millisecond;

    /// <summary>A trial in vain costs at most the throughput of about a second; so it comes every 20 s, then more rarely.</summary>
    private const long LeastPauseNanoseconds = 20_000 * Millisecond;
    private const long MostPauseNanoseconds = 320_000 * Millisecond;

    /// <summary>The least part of the completions that counts as as many, after a halving.</summary>
    private const double Enough = 0.95;

    /// <summary>
    /// A convoy keeps that many times the threads that its completions account for: what is left over takes in that two rates were measured
    /// from a hundred items each, which tells a tenth from chance.
    /// </summary>
    private const double Margin = 1.5;

    /// <summary>Of a hundred items that ended, two that had to wait for a lock make a convoy worth a trial.</summary>
    private const double ContendedItems = 0.02;
    private const int LeastContentions = 8;

    private static readonly Window s_halving = new(Nanoseconds: 500 * Millisecond, Completions: 20);
    private static readonly Window s_convoy = new(Nanoseconds: 20 * Millisecond, Completions: 100);

    // What there may be without any trial, and what the trial allows.
    private int _ample = AmpleThreads;
    private int _cap = int.MaxValue;

    private State _state;
    private bool _isConvoy;
    private long _since;
    private long _starvingSince = -1;
    private long _widenedAt;
    private long _notBefore;
    private long _pauseNanoseconds = LeastPauseNanoseconds;

    // Since when the pool has had about as many threads at work as now, and what the counters were then.
    private PoolLook _mark;
    private long _markContentions;

    // The last second or two of contentions.
    private long _recentAt;
    private long _recentContentions;
    private long _olderContentions;
    private long _lastContentions;

    private double _rateBefore;
    private int _threadsBefore;

    // The fewest threads that have been found to be enough in this trial; 0 if none.
    private int _enough;

    private enum State
    {
        Resting,
        Draining,
        Measuring,
        Capped,
    }

    /// <summary>The most threads that the pool is to have.</summary>
    internal int Allowance => Math.Min(_cap, _ample);

    /// <summary>
    /// Whether locks have been contended so much of late that it is not known yet whether the threads that were added bring anything: wait
    /// for a hundred items, or a fifth of a second.
    /// </summary>
    internal bool HoldsGrowth(in PoolLook look) =>
        IsContended(look) && look.TimeNanoseconds - _mark.TimeNanoseconds < HoldNanoseconds;

    /// <summary>Whether the pool does with fewer threads for a moment.</summary>
    internal bool IsTrying => _state is State.Draining or State.Measuring;

    /// <summary>Whether more threads were tried, and were of no use.</summary>
    internal bool IsCapped => _state == State.Capped;

    /// <summary>Takes note of a look at a pool that starves, or that has been raised.</summary>
    /// <param name="look">The look.</param>
    /// <param name="starves">Whether work waits for a thread.</param>
    /// <param name="stallNanoseconds">For how long nothing has been completed.</param>
    /// <param name="contentions">How often locks of .NET have been contended in this process.</param>
    internal void Note(in PoolLook look, bool starves, long stallNanoseconds, long contentions)
    {
        long now = look.TimeNanoseconds;
        NoteStarving(look, starves);
        NoteContentions(now, contentions);
        if (stallNanoseconds >= DeadNanoseconds && now - _widenedAt >= DeadNanoseconds)
        {
            Lift();
            _ample = Math.Max(_ample, 2 * Math.Min(look.Working, int.MaxValue / 2));
            _widenedAt = now;
        }

        switch (_state)
        {
            case State.Resting:
                Rest(look, contentions);
                break;
            case State.Draining:
                if (look.Working <= _cap + Math.Max(2, _cap / 4))
                    Enter(State.Measuring, look, contentions);
                else if (now - _since >= MostDrainNanoseconds)
                    GoBack(look);
                break;
            case State.Measuring:
                Window window = _isConvoy ? s_convoy : s_halving;
                if (window.IsFull(_mark, look) || now - _since >= MostDrainNanoseconds)
                    Conclude(look);
                break;
            case State.Capped:
                if (now >= _notBefore)
                    Lift();
                break;
        }
    }

    /// <summary>The pool has nothing to do.</summary>
    internal void NoteQuiet()
    {
        _starvingSince = -1;
        if (IsTrying)
            Lift();
    }

    private static double Rate(in PoolLook from, in PoolLook to) =>
        (to.Completed - from.Completed) / (double)Math.Max(1, to.TimeNanoseconds - from.TimeNanoseconds);

    private void NoteStarving(in PoolLook look, bool starves)
    {
        if (!starves)
            _starvingSince = -1;
        else if (_starvingSince < 0)
            (_starvingSince, _ample) = (look.TimeNanoseconds, AmpleThreads);
    }

    /// <summary>Whether, of late, half of the threads or more had to wait for a lock.</summary>
    private bool IsContended(in PoolLook look) =>
        look.Working >= LeastContentions
        && _lastContentions - _recentContentions >= Math.Max(LeastContentions, look.Working / 2);

    private void NoteContentions(long now, long contentions)
    {
        _lastContentions = contentions;
        if (now - _recentAt < FirstNanoseconds)
            return;
        bool isLong = now - _recentAt >= 2 * FirstNanoseconds;
        (_recentAt, _recentContentions) = (now, isLong ? contentions : _olderContentions);
        _olderContentions = contentions;
    }

    private void Enter(State state, in PoolLook look, long contentions)
    {
        (_state, _since) = (state, look.TimeNanoseconds);
        (_mark, _markContentions) = (look, contentions);
    }

    private void Rest(in PoolLook look, long contentions)
    {
        long now = look.TimeNanoseconds;
        bool isOther = Math.Abs(look.Working - _mark.Working) > _mark.Working / 4;
        if (isOther || now - _mark.TimeNanoseconds >= FirstNanoseconds)
        {
            Enter(State.Resting, look, contentions);
            return;
        }

        // A pool that has all the threads it may have without a trial gets one at once.
        if (now < _notBefore && look.Working < _ample)
            return;
        long contended = contentions - _markContentions;
        _isConvoy = s_convoy.IsFull(_mark, look)
            && (IsContended(look) || contended >= Math.Max(LeastContentions, ContendedItems * (look.Completed - _mark.Completed)));
        bool isLong = _starvingSince >= 0
            && now - _starvingSince >= FirstNanoseconds
            && look.Working >= LeastThreads
            && s_halving.IsFull(_mark, look);
        if (look.Minimum == look.UserMinimum || !(_isConvoy || isLong))
            return;
        (_rateBefore, _threadsBefore, _enough) = (Rate(_mark, look), look.Working, 0);
        Allow(_isConvoy ? look.UserMinimum : look.Working / 2, look, contentions);
    }

    private void Allow(int threads, in PoolLook look, long contentions)
    {
        _cap = Math.Max(look.UserMinimum, threads);
        Enter(State.Draining, look, contentions);
    }

    private void Conclude(in PoolLook look)
    {
        double rate = Rate(_mark, look);
        if (_isConvoy)
        {
            // Threads that wait for nothing but time complete in proportion to their number.
            double useful = Margin * look.Working * _rateBefore / Math.Max(rate, double.Epsilon);
            _enough = useful < _threadsBefore ? Math.Max(look.UserMinimum, (int)Math.Ceiling(useful)) : 0;
            GoBack(look);
        }
        else if (rate < Enough * _rateBefore)
        {
            GoBack(look);
        }
        else
        {
            _enough = _cap;
            if (_cap >= LeastThreads && _cap > look.UserMinimum)
                Allow(look.Working / 2, look, _markContentions);
            else
                GoBack(look);
        }
    }

    /// <summary>The fewest threads that were enough stay, if any were; if not, all are of use, and there may be more.</summary>
    private void GoBack(in PoolLook look)
    {
        if (_enough > 0)
        {
            _cap = _enough;
            _state = State.Capped;
        }
        else
        {
            _ample = Math.Max(_ample, 2 * _threadsBefore);
            Lift();
        }

        _notBefore = look.TimeNanoseconds + _pauseNanoseconds;
        _pauseNanoseconds = Math.Min(2 * _pauseNanoseconds, MostPauseNanoseconds);
    }

    private void Lift()
    {
        _state = State.Resting;
        _cap = int.MaxValue;
    }

    /// <summary>What a rate must be measured from at least.</summary>
    private readonly record struct Window(long Nanoseconds, int Completions)
    {
        internal bool IsFull(in PoolLook from, in PoolLook to) =>
            to.TimeNanoseconds - from.TimeNanoseconds >= Nanoseconds && to.Completed - from.Completed >= Completions;
    }
}
