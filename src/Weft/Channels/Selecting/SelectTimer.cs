using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Runtime.Timers;
using Weft.Waiting;

namespace Weft.Channels.Selecting;

/// <summary>
/// The timer of a select's time-out. It stays in its heap from one wait to the next, cancelled in between and revived, so that a loop with
/// a time-out neither allocates nor fills the heap. It may be due before the wait is over that it serves; then it sets itself again.
/// </summary>
/// <remarks>
/// No time-out is lost. The select stores the deadline, then exchanges <see cref="_isArmed"/>; <see cref="Fire"/> exchanges it, then reads
/// the deadline. If the select finds the timer armed, the timer is in the heap, or its Fire is still to come and sees the new deadline. A
/// timer that was swept out of the heap says so, and is put there again.
/// </remarks>
internal sealed class SelectTimer : ITimerTarget
{
    private const long Off = long.MaxValue;

    private readonly int _index;
    private readonly Engine _engine = Scheduler.CurrentEngine;
    private readonly TimerHeap _heap;

    // When the wait is over, in nanoseconds on the monotonic clock; Off between waits.
    private long _deadline = Off;
    private volatile SelectOperation? _operation;

    // 1 from before the timer is put into the heap until it fires.
    private int _isArmed;
    private long _due;

    internal SelectTimer(int index)
    {
        _index = index;
        _heap = _engine.NearestTimers();
    }

    TimerEntryState ITimerTarget.EntryState { get; set; }

    /// <summary>Ends the wait at the deadline; false if the timer is in the heap and due only after that.</summary>
    internal bool TrySet(SelectOperation operation, long deadline)
    {
        if (Volatile.Read(ref _isArmed) == 1 && deadline < Volatile.Read(ref _due))
            return false;
        _operation = operation;
        Volatile.Write(ref _deadline, deadline);
        if (Interlocked.Exchange(ref _isArmed, 1) == 0 || _heap.Revive(this) == TimerEntryState.Swept)
            Add(deadline);
        return true;
    }

    /// <summary>The wait is over.</summary>
    internal void Reset()
    {
        Volatile.Write(ref _deadline, Off);
        _operation = null;
        if (Volatile.Read(ref _isArmed) == 1)
            _heap.NoteCancelled(this);
    }

    public void Fire()
    {
        Interlocked.Exchange(ref _isArmed, 0);
        if (_operation is not SelectOperation operation)
            return;

        // A wait that begins after this is claimed in vain: its number is another.
        uint wait = operation.Wait;
        long deadline = Volatile.Read(ref _deadline);
        if (deadline == Off)
            return;
        if (deadline > MonotonicClock.Now)
        {
            if (Interlocked.Exchange(ref _isArmed, 1) == 0)
                Add(deadline);
        }
        else if (operation.TryClaim(wait, _index))
        {
            operation.Complete(Outcome.Done, Machine.Calling);
        }
    }

    private void Add(long due)
    {
        Volatile.Write(ref _due, due);
        _engine.AddTimer(_heap, due, this);
    }
}
