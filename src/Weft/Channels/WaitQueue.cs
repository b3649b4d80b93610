using System.Diagnostics;
using Weft.Runtime.Running;

namespace Weft.Channels;

/// <summary>
/// Waiters, first come, first served. A ring, so that one reference holds both ends and any waiter can be taken out at once; a ring of one
/// has no links. Guarded by the channel's lock.
/// </summary>
internal struct WaitQueue<T>
{
    private Waiter<T>? _first;

    internal readonly bool IsEmpty => _first is null;

    /// <summary>
    /// How many wait, as a debugger sees it: without the channel's lock, which a stopped thread may hold. So the ring may be in the middle
    /// of a change; it is walked for <paramref name="most"/> steps at most.
    /// </summary>
    internal readonly int CountUnlocked(int most)
    {
        int count = 0;
        for (Waiter<T>? waiter = _first; waiter is not null && count < most; waiter = waiter.After == _first ? null : waiter.After)
            count++;
        return count;
    }

    internal void Add(Waiter<T> waiter)
    {
        Debug.Assert(!waiter.IsQueued && waiter.Before is null && waiter.After is null, "A waiter is in two queues.");
        if (LeftBehind.Exists)
            DropLeft();
        waiter.IsQueued = true;
        Waiter<T>? first = _first;
        if (first is null)
        {
            _first = waiter;
            return;
        }

        Waiter<T> last = first.Before ?? first;
        last.After = waiter;
        waiter.Before = last;
        waiter.After = first;
        first.Before = waiter;
    }

    /// <summary>Adds a waiter before all others.</summary>
    internal void AddFirst(Waiter<T> waiter)
    {
        Add(waiter);
        _first = waiter;
    }

    /// <summary>
    /// Takes out, from the head on, the waiters that never run again: a channel that outlives many schedulers does not fill up with them.
    /// </summary>
    private void DropLeft()
    {
        while (_first is Waiter<T> { IsLeft: true } waiter)
            Remove(waiter);
    }

    /// <summary>Takes out the first waiter that can be claimed; null when there is none.</summary>
    internal Waiter<T>? Take()
    {
        while (_first is Waiter<T> waiter)
        {
            Remove(waiter);
            if (waiter.TryClaim())
                return waiter;
        }

        return null;
    }

    internal void Remove(Waiter<T> waiter)
    {
        Debug.Assert(waiter.IsQueued, "A waiter is taken out of a queue it is not in.");
        waiter.IsQueued = false;
        if (waiter.After is not Waiter<T> after)
        {
            _first = null;
            return;
        }

        Waiter<T> before = waiter.Before!;
        if (before == after)
        {
            after.Before = null;
            after.After = null;
        }
        else
        {
            before.After = after;
            after.Before = before;
        }

        if (_first == waiter)
            _first = after;
        waiter.Before = null;
        waiter.After = null;
    }

    /// <summary>Whether there is a waiter that could be claimed now.</summary>
    internal readonly bool AnyOpen()
    {
        for (Waiter<T>? waiter = _first; waiter is not null; waiter = waiter.After == _first ? null : waiter.After)
        {
            if (waiter.IsOpen)
                return true;
        }

        return false;
    }

    /// <summary>How many are in the queue; walks it.</summary>
    internal readonly int Count()
    {
        int count = 0;
        for (Waiter<T>? waiter = _first; waiter is not null; waiter = waiter.After == _first ? null : waiter.After)
            count++;
        return count;
    }
}
