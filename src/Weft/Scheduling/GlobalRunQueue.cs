namespace Weft.Scheduling;

/// <summary>The run queue everybody may add to; first in, first out. Every member but <see cref="Count"/> needs the engine's lock.</summary>
internal sealed class GlobalRunQueue
{
    private Goroutine? _head;
    private Goroutine? _tail;
    private int _count;

    /// <summary>May be read without the lock.</summary>
    internal int Count => Volatile.Read(ref _count);

    internal void Enqueue(Goroutine goroutine) => Enqueue(goroutine, goroutine, 1);

    /// <summary>Adds a chain linked by <see cref="Goroutine.QueueNext"/>.</summary>
    internal void Enqueue(Goroutine first, Goroutine last, int count)
    {
        last.QueueNext = null;
        if (_tail is null)
            _head = first;
        else
            _tail.QueueNext = first;
        _tail = last;
        _count += count;
    }

    internal Goroutine? Dequeue()
    {
        Goroutine? goroutine = _head;
        if (goroutine is null)
            return null;
        _head = goroutine.QueueNext;
        if (_head is null)
            _tail = null;
        goroutine.QueueNext = null;
        _count--;
        return goroutine;
    }
}
