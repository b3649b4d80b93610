namespace Weft.Runtime.Queues;

/// <summary>
/// Batches of goroutines that a full ring has given up, the last first; within a batch, first in, first out. Not safe by itself.
/// </summary>
/// <remarks>
/// Goroutines that start others, which start others, run deep before they run wide this way: a tree of a million goroutines has some ten
/// thousand of them at a time. The rest are not there yet, which is what makes them cheap: to the garbage collector, goroutines that live
/// long cost as much again as everything else. (Cilk's thieves take the oldest and its workers the newest for the same reason: R. Blumofe
/// and C. Leiserson, "Scheduling multithreaded computations by work stealing", 1999.)
/// </remarks>
internal sealed class OverflowStack
{
    /// <summary>
    /// Most batches: a power of two. With half a ring each, 32,768 goroutines; what is below belongs to those that wait in turn.
    /// </summary>
    private const int Capacity = 64;

    private readonly GoroutineList[] _batches = new GoroutineList[Capacity];
    private uint _bottom;
    private uint _top;

    /// <summary>Puts a chain of one or more on top; what falls off at the bottom goes to the end of <paramref name="spill"/>.</summary>
    internal void Push(Goroutine first, Goroutine last, ref GoroutineList spill)
    {
        if (_top - _bottom == Capacity)
            spill.Append(ref Batch(_bottom++));
        Batch(_top++).Append(first, last);
    }

    /// <summary>The first of the batch on top; null when there is none.</summary>
    internal Goroutine? Pop()
    {
        while (_top != _bottom)
        {
            if (Batch(_top - 1).RemoveFirst() is Goroutine goroutine)
                return goroutine;
            _top--;
        }

        return null;
    }

    /// <inheritdoc cref="GoroutineList.MoveBound"/>
    internal int MoveBound(ref GoroutineList to)
    {
        int moved = 0;
        for (uint i = _bottom; i != _top; i++)
            moved += Batch(i).MoveBound(ref to);
        return moved;
    }

    private ref GoroutineList Batch(uint index) => ref _batches[index % Capacity];
}
