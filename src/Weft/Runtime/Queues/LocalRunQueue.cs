using System.Runtime.CompilerServices;

namespace Weft.Runtime.Queues;

/// <summary>
/// A processor's run queue: a ring of 1,024 that its owner fills and empties, and that thieves empty from the same end. Indices are 32 bits
/// wide and only grow, so a thief that sleeps between reading an index and its compare-and-swap cannot be fooled before 2^32 goroutines
/// have passed (16-bit indices were, in another scheduler).
/// </summary>
/// <remarks>
/// Only the owner stores <see cref="_tail"/>. <see cref="_head"/> moves by compare-and-swap, by the owner and by thieves. A slot between
/// head and tail is written before the tail that covers it is published, and is overwritten only after head has passed it; a thief that
/// copied slots which the owner overwrote meanwhile fails its compare-and-swap, because head has moved. The algorithm is the one of Go's
/// scheduler (D. Vyukov, "Scalable Go Scheduler Design Doc", 2012).
/// </remarks>
internal sealed class LocalRunQueue
{
    /// <summary>
    /// Power of two. Go's 256 times four: a thousand goroutines that take turns fit in, and 8 KiB a processor is little.
    /// </summary>
    internal const int Capacity = 1024;

    private readonly Slot[] _ring = new Slot[Capacity];

    // Set by thieves: slots outside head and tail may still refer to goroutines.
    private volatile bool _wasRobbed;
    private uint _head;
    private uint _tail;

    internal int Count
    {
        get
        {
            uint head = Volatile.Read(ref _head);
            int count = (int)(Volatile.Read(ref _tail) - head);
            return Math.Clamp(count, 0, Capacity);
        }
    }

    internal bool IsEmpty => Volatile.Read(ref _head) == Volatile.Read(ref _tail);

    /// <summary>
    /// Owner only, on an empty ring: drops references to goroutines that thieves took. Nobody else writes slots, and a thief that read some
    /// fails its compare-and-swap, or the ring would not be empty.
    /// </summary>
    internal void ForgetStolen()
    {
        if (!_wasRobbed || !IsEmpty)
            return;
        _wasRobbed = false;
        Array.Clear(_ring);
    }

    /// <summary>Owner only. False when the ring is full.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryEnqueue(Goroutine goroutine)
    {
        uint tail = _tail;
        if (tail - Volatile.Read(ref _head) >= Capacity)
            return false;
        _ring[tail & (Capacity - 1)].Goroutine = goroutine;
        Volatile.Write(ref _tail, tail + 1);
        return true;
    }

    /// <summary>Owner only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Goroutine? TryDequeue()
    {
        while (true)
        {
            uint head = Volatile.Read(ref _head);
            if (head == _tail)
                return null;
            Goroutine? goroutine = _ring[head & (Capacity - 1)].Goroutine;
            if (Interlocked.CompareExchange(ref _head, head + 1, head) != head)
                continue;

            // Only the owner writes slots, and this is the owner: an ended goroutine must not be kept alive from here.
            _ring[head & (Capacity - 1)].Goroutine = null;
            return goroutine;
        }
    }

    /// <summary>Owner only, on a full ring: takes its older half out, linked into a chain. Zero when thieves made room meanwhile.</summary>
    internal int DequeueHalf(out Goroutine? first, out Goroutine? last)
    {
        uint head = Volatile.Read(ref _head);
        const uint count = Capacity / 2;
        first = last = null;
        if (_tail - head < count)
            return 0;
        var batch = new Goroutine[count];
        for (uint i = 0; i < count; i++)
            batch[i] = _ring[(head + i) & (Capacity - 1)].Goroutine!;
        if (Interlocked.CompareExchange(ref _head, head + count, head) != head)
            return 0;
        for (uint i = 0; i < count; i++)
            _ring[(head + i) & (Capacity - 1)].Goroutine = null;
        for (int i = 0; i < (int)count - 1; i++)
            batch[i].QueueNext = batch[i + 1];
        first = batch[0];
        last = batch[count - 1];
        last.QueueNext = null;
        return (int)count;
    }

    /// <summary>Takes the oldest goroutine. Any thread; the owner uses <see cref="TryDequeue"/>.</summary>
    internal Goroutine? TryStealOne()
    {
        while (true)
        {
            uint head = Volatile.Read(ref _head);
            if (head == Volatile.Read(ref _tail))
                return null;
            Goroutine? goroutine = _ring[head & (Capacity - 1)].Goroutine;
            if (Interlocked.CompareExchange(ref _head, head + 1, head) != head)
                continue;
            _wasRobbed = true;
            return goroutine;
        }
    }

    /// <summary>
    /// Moves half of <paramref name="victim"/> (rounded up) into this empty-enough queue and returns one of them to run. Called by the
    /// owner of this queue.
    /// </summary>
    internal Goroutine? StealFrom(LocalRunQueue victim)
    {
        while (true)
        {
            uint head = Volatile.Read(ref victim._head);
            uint available = Volatile.Read(ref victim._tail) - head;
            uint count = available - (available / 2);
            if (count == 0)
                return null;
            if (count > Capacity / 2)
                continue; // head and tail were read apart
            uint tail = _tail;
            for (uint i = 0; i < count; i++)
                _ring[(tail + i) & (Capacity - 1)].Goroutine = victim._ring[(head + i) & (Capacity - 1)].Goroutine;
            if (Interlocked.CompareExchange(ref victim._head, head + count, head) != head)
                continue;
            victim._wasRobbed = true;
            ref Slot last = ref _ring[(tail + count - 1) & (Capacity - 1)];
            Goroutine stolen = last.Goroutine!;
            last.Goroutine = null;
            Volatile.Write(ref _tail, tail + count - 1);
            return stolen;
        }
    }

    // A struct around the reference keeps array stores free of the covariance check.
    private struct Slot
    {
        internal Goroutine? Goroutine;
    }
}
