namespace Weft.Runtime.Queues;

/// <summary>
/// The run queue that every thread may add to. It keeps apart what came for different reasons, and serves the kinds by turns, so that
/// neither a woken goroutine nor one just started has to wait until a thousand that were started before have all begun to block:
/// <list type="bullet">
/// <item>woken goroutines (by timers, by threads outside, back from a wait), first in, first out: half of the turns. Those that a machine
/// of their own can go on with (<see cref="Goroutine.IsBound"/>) have every other of these, and are kept apart: when there is no thread for
/// the others, they are found at once;</item>
/// <item>the one started last from outside: a quarter;</item>
/// <item>all others: a quarter. Of these, what full rings have given up goes before the rest, last in, first out (see
/// <see cref="OverflowStack"/>), seven times in eight.</item>
/// </list>
/// Turns that a kind has no use for go to the next. Every member but the counts needs the engine's lock.
/// </summary>
internal sealed class GlobalRunQueue
{
    private GoroutineList _woken;
    private GoroutineList _bound;
    private readonly OverflowStack _overflow = new();
    private GoroutineList _others;
    private Goroutine? _newest;
    private uint _turn;
    private uint _otherTurn;
    private bool _servesOverflow;
    private int _count;
    private int _wokenCount; // bound ones included
    private int _boundCount;

    // Full rings have given up some that were not looked at: there may be bound ones among them.
    private bool _mayHideBound;

    /// <summary>May be read without the lock.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>May be read without the lock.</summary>
    internal int WokenCount => Volatile.Read(ref _wokenCount);

    /// <summary>Whether there may be one that a machine of its own can go on with. May be read without the lock.</summary>
    internal bool MayHaveBound => Volatile.Read(ref _boundCount) > 0 || Volatile.Read(ref _mayHideBound);

    internal void Enqueue(Goroutine goroutine)
    {
        if (goroutine.IsBound)
        {
            EnqueueBound(goroutine);
            return;
        }

        _others.Append(goroutine, goroutine);
        _count++;
    }

    /// <summary>Adds what a full ring has given up: a chain linked by <see cref="Goroutine.QueueNext"/>.</summary>
    internal void EnqueueOverflow(Goroutine first, Goroutine last, int count)
    {
        _overflow.Push(first, last, ref _others);
        _count += count;
        _mayHideBound = true;
    }

    internal void EnqueueWoken(Goroutine goroutine)
    {
        if (goroutine.IsBound)
        {
            EnqueueBound(goroutine);
            return;
        }

        _woken.Append(goroutine, goroutine);
        _wokenCount++;
        _count++;
    }

    /// <summary>Adds a goroutine started outside; the one started before joins the others.</summary>
    internal void EnqueueNewest(Goroutine goroutine)
    {
        if (_newest is not null)
            _others.Append(_newest, _newest);
        _newest = goroutine;
        _count++;
    }

    /// <summary>The next by turns; null when there is none.</summary>
    internal Goroutine? Dequeue()
    {
        _servesOverflow = (++_otherTurn & 7) != 0;
        return (_turn++ & 3) switch
        {
            0 => DequeueWoken() ?? DequeueFirstBound() ?? DequeueNewest() ?? DequeueOther(),
            1 => DequeueNewest() ?? DequeueWoken() ?? DequeueFirstBound() ?? DequeueOther(),
            2 => DequeueFirstBound() ?? DequeueWoken() ?? DequeueNewest() ?? DequeueOther(),
            _ => DequeueOther() ?? DequeueFirstBound() ?? DequeueWoken() ?? DequeueNewest(),
        };
    }

    /// <summary>
    /// The next of those that are neither woken nor newest, of the kind whose turn it was at the last <see cref="Dequeue"/>.
    /// </summary>
    internal Goroutine? DequeueOther() =>
        Counted(_servesOverflow ? _overflow.Pop() ?? _others.RemoveFirst() : _others.RemoveFirst() ?? _overflow.Pop());

    /// <summary>The first goroutine that can be given to a machine of its own now; null when there is none.</summary>
    /// <param name="isAnyBoundLater">One that had none may have got one since it was enqueued.</param>
    internal Goroutine? DequeueBound(bool isAnyBoundLater = false)
    {
        if (isAnyBoundLater)
        {
            _boundCount += _woken.MoveBound(ref _bound);
            _mayHideBound = true;
        }

        if (_boundCount > 0 && _bound.RemoveGivable() is Goroutine known)
            return CountedBound(known);

        if (!_mayHideBound)
            return null;
        _mayHideBound = false;
        int found = _overflow.MoveBound(ref _bound) + _others.MoveBound(ref _bound);
        _boundCount += found;
        _wokenCount += found;
        return _boundCount > 0 && _bound.RemoveGivable() is Goroutine hidden ? CountedBound(hidden) : null;
    }

    private void EnqueueBound(Goroutine goroutine)
    {
        _bound.Append(goroutine, goroutine);
        _boundCount++;
        _wokenCount++;
        _count++;
    }

    private Goroutine? DequeueFirstBound() => CountedBound(_bound.RemoveFirst());

    private Goroutine? CountedBound(Goroutine? goroutine)
    {
        if (goroutine is not null)
        {
            _boundCount--;
            _wokenCount--;
        }

        return Counted(goroutine);
    }

    private Goroutine? DequeueWoken()
    {
        Goroutine? goroutine = _woken.RemoveFirst();
        if (goroutine is not null)
            _wokenCount--;
        return Counted(goroutine);
    }

    private Goroutine? DequeueNewest()
    {
        Goroutine? goroutine = _newest;
        _newest = null;
        return Counted(goroutine);
    }

    private Goroutine? Counted(Goroutine? goroutine)
    {
        if (goroutine is not null)
            _count--;
        return goroutine;
    }
}
