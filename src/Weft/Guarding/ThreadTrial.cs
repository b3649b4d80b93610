namespace Weft.Guarding;

/// <summary>
/// Finds out whether the threads of a pool that starves nevertheless are of any use: lets it go on with half of them for a moment. If it
/// completes as much, the half stays away (the threads wait for each other: one lock, ten connections), and half of the rest is tried next.
/// If it completes less, they come back, and the next trial comes twice as much later.
/// </summary>
/// <remarks>
/// States: resting; draining, from the moment that fewer are allowed until the others have ended what they run; measuring; capped, with the
/// fewer threads that were enough. A pool that completes nothing at all ends any of them: its items may wait for items behind them.
/// </remarks>
internal sealed class ThreadTrial
{
    /// <summary>With fewer threads there is little to be gained.</summary>
    internal const int LeastThreads = 64;

    /// <summary>
    /// Threads that the pool gets without a trial: as many as those who set the minimum by hand commonly give it for good. With some 60 KB
    /// each they take 60 MB.
    /// </summary>
    internal const int AmpleThreads = 1_024;

    /// <summary>Nothing completed for so long is no convoy any more: items may wait for items behind them.</summary>
    private const long DeadNanoseconds = 500_000_000;

    /// <summary>How long completions are counted: 50 of them at 100 a second, the fewest that tell a twentieth less from chance.</summary>
    internal const long MeasureNanoseconds = 500_000_000;

    /// <summary>Threads that have not ended what they run by then are in calls that take longer than a trial may.</summary>
    private const long MostDrainNanoseconds = 2_000_000_000;

    /// <summary>The first trial follows after a second of starving; a burst is over by then.</summary>
    private const long FirstNanoseconds = 1_000_000_000;

    /// <summary>A trial in vain costs at most half the throughput for about a second; so it comes every 20 s, then more rarely.</summary>
    private const long LeastPauseNanoseconds = 20_000_000_000;
    private const long MostPauseNanoseconds = 320_000_000_000;

    /// <summary>The least part of the completions that counts as as many.</summary>
    private const double Enough = 0.95;

    private const int LeastCompletions = 20;

    // What there may be without any trial, and what the trial allows.
    private int _ample = AmpleThreads;
    private int _cap = int.MaxValue;

    private long _widenedAt;
    private long _starvingSince = -1;
    private long _notBefore;
    private long _pauseNanoseconds = LeastPauseNanoseconds;

    // The last half second to second of starving, to have a rate from before the trial.
    private long _markTime;
    private long _markCompleted;

    private State _state;
    private long _since;
    private long _completedSince;
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

    /// <summary>Whether the pool does with fewer threads for a moment.</summary>
    internal bool IsTrying => _state is State.Draining or State.Measuring;

    /// <summary>Whether more threads were tried, and were of no use.</summary>
    internal bool IsCapped => _state == State.Capped;

    /// <summary>The pool has all that it needs.</summary>
    internal void NoteCalm()
    {
        _starvingSince = -1;
        if (IsTrying)
            Lift();
    }

    /// <summary>The pool starves.</summary>
    /// <param name="look">With what.</param>
    /// <param name="stallNanoseconds">For how long it has completed nothing.</param>
    internal void NoteStarving(in PoolLook look, long stallNanoseconds)
    {
        long now = look.TimeNanoseconds;
        if (_starvingSince < 0)
            (_starvingSince, _markTime, _markCompleted, _ample) = (now, now, look.Completed, AmpleThreads);
        if (stallNanoseconds >= DeadNanoseconds && now - _widenedAt >= DeadNanoseconds)
        {
            Lift();
            Widen(look);
        }

        switch (_state)
        {
            case State.Resting:
                if (IsDue(look))
                    Begin(look);
                else if (now - _markTime >= 2 * MeasureNanoseconds)
                    (_markTime, _markCompleted) = (now, look.Completed);
                break;
            case State.Draining:
                if (look.Working <= _cap)
                    (_state, _since, _completedSince) = (State.Measuring, now, look.Completed);
                else if (now - _since >= MostDrainNanoseconds)
                    GoBack(look);
                break;
            case State.Measuring:
                if (now - _since >= MeasureNanoseconds)
                    Conclude(look);
                break;
            case State.Capped:
                if (now >= _notBefore)
                    Lift();
                break;
        }
    }

    /// <summary>A pool that has all the threads it may have without a trial gets one at once.</summary>
    private bool IsDue(in PoolLook look) =>
        look.TimeNanoseconds - _starvingSince >= FirstNanoseconds
        && look.Working >= LeastThreads
        && (look.TimeNanoseconds >= _notBefore || look.Working >= _ample);

    private void Lift()
    {
        _state = State.Resting;
        _cap = int.MaxValue;
    }

    private void Widen(in PoolLook look)
    {
        _ample = Math.Max(_ample, 2 * Math.Min(look.Working, int.MaxValue / 2));
        _widenedAt = look.TimeNanoseconds;
    }

    private void Begin(in PoolLook look)
    {
        long passed = look.TimeNanoseconds - _markTime;
        long completed = look.Completed - _markCompleted;
        if (passed < MeasureNanoseconds || completed < LeastCompletions)
            return;
        _rateBefore = completed / (double)passed;
        _enough = 0;
        _threadsBefore = look.Working;
        Halve(look);
    }

    private void Halve(in PoolLook look)
    {
        _cap = Math.Max(look.UserMinimum, look.Working / 2);
        (_state, _since) = (State.Draining, look.TimeNanoseconds);
    }

    private void Conclude(in PoolLook look)
    {
        double rate = (look.Completed - _completedSince) / (double)(look.TimeNanoseconds - _since);
        if (rate < Enough * _rateBefore)
        {
            GoBack(look);
            return;
        }

        _enough = _cap;
        if (_cap >= LeastThreads && _cap > look.UserMinimum)
            Halve(look);
        else
            Stay(look.TimeNanoseconds);
    }

    /// <summary>These were too few. The fewest that were enough stay, if any were; if not, all are of use, and there may be more.</summary>
    private void GoBack(in PoolLook look)
    {
        if (_enough > 0)
        {
            _cap = _enough;
            Stay(look.TimeNanoseconds);
            return;
        }

        _ample = Math.Max(_ample, 2 * _threadsBefore);
        Lift();
        (_markTime, _markCompleted) = (look.TimeNanoseconds, look.Completed);
        _notBefore = look.TimeNanoseconds + _pauseNanoseconds;
        _pauseNanoseconds = Math.Min(2 * _pauseNanoseconds, MostPauseNanoseconds);
    }

    private void Stay(long now)
    {
        _state = State.Capped;
        _notBefore = now + LeastPauseNanoseconds;
    }
}
