namespace Weft.Scheduling;

/// <summary>
/// The run queue everybody may add to. It keeps apart what came for different reasons, and serves the kinds by turns, so that neither a woken
/// goroutine nor one just started has to wait until a thousand that were started before have all begun to block:
/// <list type="bullet">
/// <item>woken goroutines (by timers, by threads outside, back from a wait), first in, first out: half of the turns;</item>
/// <item>the one started last from outside: a quarter;</item>
/// <item>all others: a quarter. Of these, what full rings have given up goes before the rest, last in, first out (see
/// <see cref="OverflowStack"/>), seven times in eight.</item>
/// </list>
/// Turns that a kind has no use for go to the next. Every member but the counts needs the engine's lock.
/// </summary>
internal sealed class GlobalRunQueue
{
    private GoroutineList _woken;
    private readonly OverflowStack _overflow = new();
    private GoroutineList _others;
    private Goroutine? _newest;
    private uint _turn;
    private uint _otherTurn;
    private bool _servesOverflow;
    private int _count;
    private int _wokenCount;

    /// <summary>May be read without the lock.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>May be read without the lock.</summary>
    internal int WokenCount => Volatile.Read(ref _wokenCount);

    internal void Enqueue(Goroutine goroutine)
    {
        _others.Append(goroutine, goroutine);
        _count++;
    }

    /// <summary>Adds what a full ring has given up: a chain linked by <see cref="Goroutine.QueueNext"/>.</summary>
    internal void EnqueueOverflow(Goroutine first, Goroutine last, int count)
    {
        _overflow.Push(first, last, ref _others);
        _count += count;
    }

    internal void EnqueueWoken(Goroutine goroutine)
    {
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
            0 or 2 => DequeueWoken() ?? DequeueNewest() ?? DequeueOther(),
            1 => DequeueNewest() ?? DequeueWoken() ?? DequeueOther(),
            _ => DequeueOther() ?? DequeueWoken() ?? DequeueNewest(),
        };
    }

    /// <summary>The next of those that are neither woken nor newest, of the kind whose turn it was at the last <see cref="Dequeue"/>.</summary>
    internal Goroutine? DequeueOther() =>
        Counted(_servesOverflow ? _overflow.Pop() ?? _others.RemoveFirst() : _others.RemoveFirst() ?? _overflow.Pop());

    /// <summary>The first goroutine that can only go on on a machine that is there already; null when there is none.</summary>
    internal Goroutine? DequeueBound()
    {
        if (_woken.RemoveBound() is Goroutine woken)
        {
            _wokenCount--;
            return Counted(woken);
        }

        return _newest is { IsBound: true } ? DequeueNewest() : Counted(_others.RemoveBound() ?? _overflow.RemoveBound());
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
