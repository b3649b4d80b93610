namespace Weft.Runtime.Queues;

/// <summary>Goroutines linked by <see cref="Goroutine.QueueNext"/>, first in, first out. Not safe by itself.</summary>
internal struct GoroutineList
{
    private Goroutine? _head;
    private Goroutine? _tail;

    internal readonly bool IsEmpty => _head is null;

    /// <summary>Adds a chain of one or more.</summary>
    internal void Append(Goroutine first, Goroutine last)
    {
        last.QueueNext = null;
        if (_tail is null)
            _head = first;
        else
            _tail.QueueNext = first;
        _tail = last;
    }

    /// <summary>Moves everything of another list to the end of this one.</summary>
    internal void Append(ref GoroutineList other)
    {
        if (other._head is not null)
            Append(other._head, other._tail!);
        other = default;
    }

    internal Goroutine? RemoveFirst()
    {
        Goroutine? goroutine = _head;
        if (goroutine is null)
            return null;
        Unlink(null, goroutine);
        return goroutine;
    }

    /// <summary>Takes out the first that a machine of its own can go on with now; null when there is none.</summary>
    internal Goroutine? RemoveGivable()
    {
        Goroutine? previous = null;
        for (Goroutine? goroutine = _head; goroutine is not null; previous = goroutine, goroutine = goroutine.QueueNext)
        {
            if (!goroutine.CanBeHanded)
                continue;
            Unlink(previous, goroutine);
            return goroutine;
        }

        return null;
    }

    /// <summary>Moves those that have a machine of their own to the end of another list; how many.</summary>
    internal int MoveBound(ref GoroutineList to)
    {
        int moved = 0;
        Goroutine? previous = null;
        for (Goroutine? goroutine = _head, next; goroutine is not null; goroutine = next)
        {
            next = goroutine.QueueNext;
            if (!goroutine.IsBound)
            {
                previous = goroutine;
                continue;
            }

            Unlink(previous, goroutine);
            to.Append(goroutine, goroutine);
            moved++;
        }

        return moved;
    }

    private void Unlink(Goroutine? previous, Goroutine goroutine)
    {
        if (previous is null)
            _head = goroutine.QueueNext;
        else
            previous.QueueNext = goroutine.QueueNext;
        if (_tail == goroutine)
            _tail = previous;
        goroutine.QueueNext = null;
    }
}
