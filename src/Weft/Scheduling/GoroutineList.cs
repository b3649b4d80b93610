namespace Weft.Scheduling;

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

    /// <summary>Takes out the first that only one machine can go on with; null when there is none.</summary>
    internal Goroutine? RemoveBound()
    {
        Goroutine? previous = null;
        for (Goroutine? goroutine = _head; goroutine is not null; previous = goroutine, goroutine = goroutine.QueueNext)
        {
            if (!goroutine.IsBound)
                continue;
            Unlink(previous, goroutine);
            return goroutine;
        }

        return null;
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
