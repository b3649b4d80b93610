using Weft.Threads;

namespace Weft.Runtime.Timers;

/// <summary>Something a timer wakes. Called without locks, on a machine or on the monitor.</summary>
internal interface ITimerTarget
{
    /// <summary>The heap's own, under its lock.</summary>
    TimerEntryState EntryState { get; set; }

    void Fire();
}

/// <summary>Whether a target has an entry in a heap. A cancelled one stays there until it is due or swept.</summary>
internal enum TimerEntryState : byte
{
    None,
    Pending,
    Cancelled,

    /// <summary>It was cancelled and has been taken out since.</summary>
    Swept,
}

/// <summary>
/// A processor's timers: a heap with four children a node (half the levels of a binary heap, and the children share a cache line). Any
/// thread may use it; a short lock of its own protects it.
/// </summary>
internal sealed class TimerHeap(IThreadPlatform platform)
{
    /// <summary><see cref="NextDue"/> of a heap without timers.</summary>
    internal const long Never = long.MaxValue;

    private const int Arity = 4;

    /// <summary>Sweeping fewer cancelled entries than this costs more than they do.</summary>
    private const int MinSweep = 64;

    private readonly FutexLock _lock = new(platform);
    private Entry[] _entries = [];
    private int _count;
    private int _cancelled;
    private long _nextDue = Never;

    /// <summary>When the earliest timer is due, in nanoseconds on the monotonic clock; may be read without the lock.</summary>
    internal long NextDue => Volatile.Read(ref _nextDue);

    internal int Count => Volatile.Read(ref _count) - Volatile.Read(ref _cancelled);

    internal void Add(long due, ITimerTarget target)
    {
        _lock.Enter();
        if (_count == _entries.Length)
            Array.Resize(ref _entries, _count < 16 ? 16 : _count + (_count / 2));
        target.EntryState = TimerEntryState.Pending;
        SiftUp(_count, new Entry(due, target));
        Volatile.Write(ref _count, _count + 1);
        Volatile.Write(ref _nextDue, _entries[0].Due);
        _lock.Exit();
    }

    /// <summary>
    /// Says that a target will not want to be fired. Sweeps the heap when half of it is cancelled, so that cancelled timers cannot pile up.
    /// </summary>
    internal void NoteCancelled(ITimerTarget target)
    {
        _lock.Enter();
        if (target.EntryState == TimerEntryState.Pending)
        {
            target.EntryState = TimerEntryState.Cancelled;
            _cancelled++;
        }

        if (_cancelled > MinSweep && _cancelled > _count / 2)
            Sweep();
        _lock.Exit();
    }

    /// <summary>
    /// Takes a cancellation back. What the entry was: Cancelled or Pending (it is pending now), None (it was fired), Swept.
    /// </summary>
    internal TimerEntryState Revive(ITimerTarget target)
    {
        _lock.Enter();
        TimerEntryState was = target.EntryState;
        if (was == TimerEntryState.Cancelled)
        {
            target.EntryState = TimerEntryState.Pending;
            _cancelled--;
        }

        _lock.Exit();
        return was;
    }

    /// <summary>Fires every timer due at <paramref name="now"/>; the number fired.</summary>
    internal int FireDue(long now)
    {
        int fired = 0;
        while (NextDue <= now)
        {
            ITimerTarget? target = null;
            _lock.Enter();
            if (_count > 0 && _entries[0].Due <= now)
            {
                target = _entries[0].Target;
                RemoveFirst();
            }

            _lock.Exit();
            if (target is null)
                break;
            target.Fire();
            fired++;
        }

        return fired;
    }

    private void RemoveFirst()
    {
        ITimerTarget first = _entries[0].Target;
        if (first.EntryState == TimerEntryState.Cancelled)
            _cancelled--;
        first.EntryState = TimerEntryState.None;
        int last = _count - 1;
        Entry moved = _entries[last];
        _entries[last] = default;
        Volatile.Write(ref _count, last);
        if (last > 0)
            SiftDown(0, moved);
        else if (_entries.Length > 1024)
            _entries = [];
        Volatile.Write(ref _nextDue, last > 0 ? _entries[0].Due : Never);
    }

    private void Sweep()
    {
        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            if (_entries[i].Target.EntryState == TimerEntryState.Pending)
                _entries[kept++] = _entries[i];
            else
                _entries[i].Target.EntryState = TimerEntryState.Swept;
        }

        Array.Clear(_entries, kept, _count - kept);
        Volatile.Write(ref _count, kept);
        _cancelled = 0;
        for (int i = (kept - 2) / Arity; i >= 0 && kept > 1; i--)
            SiftDown(i, _entries[i]);
        Volatile.Write(ref _nextDue, kept > 0 ? _entries[0].Due : Never);
    }

    private void SiftUp(int index, Entry entry)
    {
        while (index > 0)
        {
            int parent = (index - 1) / Arity;
            if (_entries[parent].Due <= entry.Due)
                break;
            _entries[index] = _entries[parent];
            index = parent;
        }

        _entries[index] = entry;
    }

    private void SiftDown(int index, Entry entry)
    {
        while (true)
        {
            int child = (index * Arity) + 1;
            if (child >= _count)
                break;
            int end = Math.Min(child + Arity, _count);
            int least = child;
            for (int i = child + 1; i < end; i++)
            {
                if (_entries[i].Due < _entries[least].Due)
                    least = i;
            }

            if (_entries[least].Due >= entry.Due)
                break;
            _entries[index] = _entries[least];
            index = least;
        }

        _entries[index] = entry;
    }

    private readonly record struct Entry(long Due, ITimerTarget Target);
}
