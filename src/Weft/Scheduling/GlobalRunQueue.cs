namespace Weft.Scheduling;

/// <summary>
/// The run queue everybody may add to: first in, first out, but for one slot that holds what came last from outside. The slot and the queue
/// take turns, so that a goroutine started while a thousand blocking ones wait need not wait for them all, and they all move on.
/// Every member but <see cref="Count"/> needs the engine's lock.
/// </summary>
internal sealed class GlobalRunQueue
{
    private Goroutine? _head;
    private Goroutine? _tail;
    private Goroutine? _newest;
    private bool _newestHadTurn;
    private int _count;

    /// <summary>May be read without the lock.</summary>
    internal int Count => Volatile.Read(ref _count);

    internal void Enqueue(Goroutine goroutine) => Enqueue(goroutine, goroutine, 1);

    /// <summary>Adds a chain linked by <see cref="Goroutine.QueueNext"/>.</summary>
    internal void Enqueue(Goroutine first, Goroutine last, int count)
    {
        Append(first, last);
        _count += count;
    }

    /// <summary>Adds a goroutine to the slot; the one that was there goes to the tail of the queue.</summary>
    internal void EnqueueNewest(Goroutine goroutine)
    {
        if (_newest is not null)
            Append(_newest, _newest);
        _newest = goroutine;
        _count++;
    }

    internal Goroutine? Dequeue()
    {
        Goroutine? goroutine = _newest;
        if (goroutine is not null && (_head is null || !_newestHadTurn))
        {
            _newest = null;
            _newestHadTurn = true;
            _count--;
            return goroutine;
        }

        _newestHadTurn = false;
        goroutine = _head;
        if (goroutine is null)
            return null;
        _head = goroutine.QueueNext;
        if (_head is null)
            _tail = null;
        goroutine.QueueNext = null;
        _count--;
        return goroutine;
    }

    /// <summary>Takes out the first goroutine that can only go on on a machine that is there already; null when there is none.</summary>
    internal Goroutine? DequeueBound()
    {
        if (_newest is { IsBound: true } newest)
        {
            _newest = null;
            _count--;
            return newest;
        }

        Goroutine? previous = null;
        for (Goroutine? goroutine = _head; goroutine is not null; previous = goroutine, goroutine = goroutine.QueueNext)
        {
            if (!goroutine.IsBound)
                continue;
            if (previous is null)
                _head = goroutine.QueueNext;
            else
                previous.QueueNext = goroutine.QueueNext;
            if (_tail == goroutine)
                _tail = previous;
            goroutine.QueueNext = null;
            _count--;
            return goroutine;
        }

        return null;
    }

    private void Append(Goroutine first, Goroutine last)
    {
        last.QueueNext = null;
        if (_tail is null)
            _head = first;
        else
            _tail.QueueNext = first;
        _tail = last;
    }
}
