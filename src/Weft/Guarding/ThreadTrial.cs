namespace Weft.Guarding;

/// <summary>
/// Finds out whether the threads that the guard has given to the pool are of any use: lets the pool go on with fewer of them for a moment,
/// and compares what it completes. Threads that bring nothing stay away: they wait for each other at a lock, or for ten connections.
/// </summary>
/// <remarks>
/// <para>
/// A trial halves: the pool goes on with half of its threads; if it completes as much, half of the rest is tried next. There are two
/// reasons to begin one. A pool still starves after a second. Or it has been raised, and .NET counts that many of its items had to wait for
/// a lock: this one cannot wait, as the locks of .NET are unfair, and with hundreds of threads at a lock that two would keep busy, some
/// wait for a second.
/// </para>
/// <para>
/// States: Resting; Draining, from the moment that fewer are allowed until as many items have ended as there were threads, since those that
/// were running end at the old rate; Measuring; Capped, with the threads that were enough. Draining and Measuring last two seconds at most
/// each. Capped lasts for a pause, or until the load must be another one: locks are contended no more, or much less is completed. A pool
/// that completes nothing for half a second leaves any of them, as its items may wait for items behind them; so does one that has nothing
/// to do.
/// </para>
/// </remarks>
internal sealed class ThreadTrial
{
    /// <summary>A pool that is not in a convoy is not halved below: there is little to be gained.</summary>
    internal const int LeastThreads = 64;

    /// <summary>
    /// Threads that the pool gets without a trial: as many as those who set the minimum by hand commonly give it for good. With some 40 KB
    /// each they take 40 MB.
    /// </summary>
    internal const int AmpleThreads = 1_024;

    private const long Millisecond = 1_000_000;

    /// <summary>Nothing completed for so long is no convoy any more: items may wait for items behind them.</summary>
    private const long DeadNanoseconds = 500 * Millisecond;

    /// <summary>The first trial of a pool that merely starves follows after a second; a burst is over by then.</summary>
    private const long FirstNanoseconds = 1_000 * Millisecond;

    /// <summary>Threads that have not ended what they run by then are in calls that take longer than a trial may.</summary>
    private const long MostNanoseconds = 2_000 * Millisecond;

    /// <summary>A trial in vain costs at most half the throughput of some seconds; so it comes every 20 s, then more rarely.</summary>
    private const long LeastPauseNanoseconds = 20_000 * Millisecond;
    private const long MostPauseNanoseconds = 320_000 * Millisecond;

    /// <summary>After a trial that told nothing, as the load changed.</summary>
    private const long AbortPauseNanoseconds = 5_000 * Millisecond;

    /// <summary>A pool at rest, so long after its threads were found useless, may have another load next.</summary>
    private const long CalmNanoseconds = 60_000 * Millisecond;

    /// <summary>A pool that was capped and completes less than this part of what it did has another load.</summary>
    private const double OtherRate = 0.5;

    private readonly LockContention _contention = new();

    // What there may be without any trial, and what the trial allows.
    private int _ample = AmpleThreads;
    private int _cap = int.MaxValue;

    private State _state;
    private TrialSize _size = TrialSize.Slow;
    private long _since;
    private long _starvingSince = -1;
    private long _widenedAt;
    private long _cappedAt;
    private long _notBefore;
    private long _pauseNanoseconds = LeastPauseNanoseconds;

    // Since when the pool has had about as many threads at work as now.
    private PoolLook _mark;

    private double _rateBefore;
    private int _threadsAtFirst;
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

    /// <summary>Whether the pool does with fewer threads for a moment.</summary>
    internal bool IsTrying => _state is State.Draining or State.Measuring;

    /// <summary>Whether more threads were tried, and were of no use.</summary>
    internal bool IsCapped => _state == State.Capped;

    /// <summary>
    /// Whether locks have been contended so much of late that it is not known yet whether the threads that were added last bring anything.
    /// </summary>
    internal bool HoldsGrowth(in PoolLook look) => look.TimeNanoseconds >= _notBefore && _contention.HoldsGrowth(_mark, look);

    /// <summary>Takes note of a look at a pool that starves, or that has been raised.</summary>
    /// <param name="look">The look.</param>
    /// <param name="starves">Whether work waits for a thread.</param>
    /// <param name="stallNanoseconds">For how long nothing has been completed.</param>
    /// <param name="contentions">How often locks of .NET have been contended in this process.</param>
    internal void Note(in PoolLook look, bool starves, long stallNanoseconds, long contentions)
    {
        long now = look.TimeNanoseconds;
        _contention.Add(now, contentions);
        if (!starves)
            _starvingSince = -1;
        else if (_starvingSince < 0)
            (_starvingSince, _ample) = (now, Math.Max(AmpleThreads, look.Minimum));
        if (stallNanoseconds >= DeadNanoseconds && now - _widenedAt >= DeadNanoseconds)
        {
            Lift(now + AbortPauseNanoseconds);
            _ample = Math.Max(_ample, 2 * Math.Min(look.Working, int.MaxValue / 2));
            _widenedAt = now;
        }

        Step(look);
    }

    /// <summary>The pool has nothing to do.</summary>
    internal void NoteQuiet(in PoolLook look)
    {
        _starvingSince = -1;
        Abort(look);
        if (look.TimeNanoseconds - _cappedAt >= CalmNanoseconds)
            _pauseNanoseconds = LeastPauseNanoseconds;
    }

    /// <summary>What was being measured is worth nothing.</summary>
    internal void Abort(in PoolLook look)
    {
        if (IsTrying)
            Lift(look.TimeNanoseconds + AbortPauseNanoseconds);
    }

    private void Step(in PoolLook look)
    {
        switch (_state)
        {
            case State.Resting:
                Rest(look);
                break;
            case State.Draining:
                if (look.Working <= _cap + Math.Max(2, _cap / 4) && look.Completed - _mark.Completed >= _threadsBefore)
                    Enter(State.Measuring, look);
                else if (look.TimeNanoseconds - _since >= MostNanoseconds)
                    GoBack(look);
                break;
            case State.Measuring:
                if (_size.IsReached(_mark, look) || look.TimeNanoseconds - _since >= MostNanoseconds)
                    Conclude(look);
                break;
            case State.Capped:
                StayCapped(look);
                break;
        }
    }

    private void Rest(in PoolLook look)
    {
        long now = look.TimeNanoseconds;
        if (Math.Abs(look.Working - _mark.Working) > _mark.Working / 4 || now - _mark.TimeNanoseconds >= FirstNanoseconds)
        {
            Enter(State.Resting, look);
            return;
        }

        // A pool that has all the threads it may have without a trial gets one at once.
        if (look.Minimum == look.UserMinimum || (now < _notBefore && look.Working < _ample))
            return;
        bool isConvoy = TrialSize.Convoy.IsReached(_mark, look) && _contention.IsHigh(_mark, look);
        bool isLong = _starvingSince >= 0
            && now - _starvingSince >= FirstNanoseconds
            && look.Working >= LeastThreads
            && TrialSize.Slow.IsReached(_mark, look);
        if (!isConvoy && !isLong)
            return;
        _size = isConvoy ? TrialSize.Convoy : TrialSize.Slow;
        (_rateBefore, _threadsAtFirst, _enough) = (TrialSize.Rate(_mark, look), look.Working, 0);
        Halve(look);
    }

    private void Halve(in PoolLook look)
    {
        _threadsBefore = look.Working;
        _cap = Math.Max(look.UserMinimum, look.Working / 2);
        Enter(State.Draining, look);
    }

    private void Conclude(in PoolLook look)
    {
        if (TrialSize.Rate(_mark, look) < _size.Enough * _rateBefore)
        {
            GoBack(look);
            return;
        }

        _enough = _cap;
        if (_cap > look.UserMinimum && _cap >= _size.LeastThreads)
            Halve(look);
        else
            GoBack(look);
    }

    /// <summary>The fewest threads that were enough stay, if any were; if not, all are of use, and there may be more.</summary>
    private void GoBack(in PoolLook look)
    {
        long next = look.TimeNanoseconds + _pauseNanoseconds;
        _pauseNanoseconds = Math.Min(2 * _pauseNanoseconds, MostPauseNanoseconds);
        if (_enough == 0)
        {
            _ample = Math.Max(_ample, 2 * _threadsAtFirst);
            Lift(next);
            return;
        }

        (_cap, _cappedAt, _notBefore) = (_enough, look.TimeNanoseconds, next);
        Enter(State.Capped, look);
    }

    private void StayCapped(in PoolLook look)
    {
        if (look.TimeNanoseconds >= _notBefore)
        {
            Lift(_notBefore);
            return;
        }

        if (!TrialSize.Slow.HasPassed(_mark, look))
            return;
        bool isOver = _size == TrialSize.Convoy && !_contention.IsHigh(_mark, look);
        if (isOver || TrialSize.Rate(_mark, look) < OtherRate * _rateBefore)
            Lift(look.TimeNanoseconds + AbortPauseNanoseconds);
        else
            Enter(State.Capped, look);
    }

    private void Lift(long notBefore)
    {
        (_state, _cap, _notBefore) = (State.Resting, int.MaxValue, notBefore);
    }

    private void Enter(State state, in PoolLook look)
    {
        (_state, _since, _mark) = (state, look.TimeNanoseconds, look);
        _contention.Mark();
    }
}
