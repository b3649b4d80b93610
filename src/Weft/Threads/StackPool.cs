using System.Diagnostics;

namespace Weft.Threads;

/// <summary>
/// Maps stacks, keeps those that were given back for the next thread, and counts every byte. May be called from any thread; its lock
/// never enters a managed wait, and no system call is made under it. A stack may be given back only after its thread was joined.
/// </summary>
internal sealed class StackPool
{
    /// <summary>
    /// Stacks kept for reuse. What a thread costs without a warm stack is the mapping plus a page fault for each page it touches, and a
    /// burst pays that once; 64 serve any steady coming and going, for about 3 MB of touched pages at the worst.
    /// </summary>
    internal const int MaxCached = 64;

    /// <summary>Most stacks mapped by one call: beyond it the share of the common calls in a stack's cost no longer shows.</summary>
    internal const int MaxSlab = 16;

    // A slab is an eighth of what is rented: a program with a few threads maps no stack that it does not use.
    private const int RentedPerSlabStack = 8;

    // A scheduler that has no more than its monitor and some machines gets stacks as long as the system gives them:
    // with less it cannot go on.
    private const int AlwaysAsked = 4;

    // Unmapped in one round outside the lock.
    private const int TrimBatch = 16;

    // A mapping of one stack, with its guard, is an odd multiple of this. So no mapping, a slab of up to 16 included, is a multiple of 2
    // MiB, which could be backed by huge pages: 2 MiB of memory for the first touch. And stacks mapped one after the other begin at
    // different places within a large power of two, whatever their size:
    // they do not compete for the same part of a cache, nor of a table that is looked up by them.
    private const nuint SlotUnit = 64 * 1024;

    private readonly IThreadPlatform _platform;
    private readonly FutexLock _lock;
    private readonly nuint _pageSize;
    private readonly nuint _commonSize;

    // Guarded by _lock. Sorted by the time of return, oldest first, because the newest is taken first.
    private readonly List<CachedStack> _cached = [];

    // Guarded by _lock. The system refused to unmap these; tried again with each trim. Empty but for a process out of mappings.
    private readonly List<StackRegion> _stuck = [];

    private long _bytesMapped;
    private long _bytesCached;
    private int _rented;

    // Threads that unmap stacks now. Raised before a stack is taken out of the lists above, lowered once it is unmapped: see Close.
    private int _unmapping;

    /// <summary>
    /// Makes a pool whose reused stacks have <paramref name="stackSize"/> bytes; others are mapped and unmapped each time.
    /// </summary>
    internal StackPool(IThreadPlatform platform, int stackSize)
    {
        _platform = platform;
        _lock = new FutexLock(platform);
        _pageSize = platform.PageSize;
        _commonSize = UsableSize(stackSize);
    }

    /// <summary>Bytes of address space mapped now, guards included: rented, cached, or refused to be unmapped.</summary>
    internal long BytesMapped => Interlocked.Read(ref _bytesMapped);

    /// <summary>The part of <see cref="BytesMapped"/> that waits for a thread.</summary>
    internal long BytesCached => Interlocked.Read(ref _bytesCached);

    /// <summary>Stacks that are with a thread.</summary>
    internal int Rented => Volatile.Read(ref _rented);

    /// <summary>Gives a stack of at least <paramref name="size"/> bytes; else the system's error number.</summary>
    internal int Rent(int size, out StackRegion stack)
    {
        nuint usable = UsableSize(size);
        int slab = 1;
        if (usable == _commonSize)
        {
            _lock.Enter();
            if (_cached.Count > 0)
            {
                stack = _cached[^1].Stack;
                _cached.RemoveAt(_cached.Count - 1);
                _bytesCached -= (long)stack.MappingSize;
                _rented++;
                _lock.Exit();
                return 0;
            }

            slab = Math.Clamp(_rented / RentedPerSlabStack, 1, MaxSlab);
            _lock.Exit();
        }

        int error = MapSlab(usable, slab, out stack);
        if (error != 0 && slab > 1)
            error = MapSlab(usable, 1, out stack);
        return error;
    }

    /// <summary>Takes back a stack that <see cref="Rent"/> gave. Its thread must have been joined, or never created.</summary>
    internal void Return(in StackRegion stack)
    {
        _lock.Enter();
        Debug.Assert(_rented > 0, "More stacks came back than were given.");
        _rented--;
        if (stack.Size == _commonSize && _cached.Count < MaxCached)
        {
            _cached.Add(new CachedStack(stack, Environment.TickCount64));
            _bytesCached += (long)stack.MappingSize;
            _lock.Exit();
            return;
        }

        Interlocked.Increment(ref _unmapping);
        _lock.Exit();
        Unmap(stack);
        Interlocked.Decrement(ref _unmapping);
    }

    /// <summary>Unmaps the cached stacks that nobody used for <paramref name="unusedFor"/>; says how many bytes that was.</summary>
    internal long Trim(TimeSpan unusedFor) => TrimOlderThan(Environment.TickCount64 - (long)unusedFor.TotalMilliseconds);

    /// <summary>Unmaps every cached stack; says how many bytes that was.</summary>
    internal long TrimAll() => TrimOlderThan(long.MaxValue);

    /// <summary>
    /// Unmaps every cached stack, and waits for those that other threads are unmapping: afterwards nothing is mapped but what is rented,
    /// and what the system refuses to unmap.
    /// </summary>
    internal void Close()
    {
        do
        {
            TrimAll();
            _platform.Yield();
        }
        while (Volatile.Read(ref _unmapping) > 0);
    }

    private long TrimOlderThan(long limit)
    {
        Interlocked.Increment(ref _unmapping);
        RetryStuck();
        long bytes = 0;
        Span<StackRegion> batch = stackalloc StackRegion[TrimBatch];
        int count;
        do
        {
            count = 0;
            _lock.Enter();
            while (count < TrimBatch && count < _cached.Count && _cached[count].Since <= limit)
            {
                batch[count] = _cached[count].Stack;
                _bytesCached -= (long)batch[count].MappingSize;
                count++;
            }

            _cached.RemoveRange(0, count);
            _lock.Exit();
            foreach (StackRegion stack in batch[..count])
            {
                if (Unmap(stack))
                    bytes += (long)stack.MappingSize;
            }
        }
        while (count == TrimBatch);
        Interlocked.Decrement(ref _unmapping);
        return bytes;
    }

    private int MapSlab(nuint usable, int count, out StackRegion first)
    {
        first = default;
        nuint slot = usable + _pageSize;
        nuint size = slot * (nuint)count;
        if (Rented >= AlwaysAsked && !_platform.HasRoomFor(count, slot))
            return _platform.TryAgain;
        int error = _platform.Map(size, out nint address);
        if (error != 0)
            return error;
        Interlocked.Add(ref _bytesMapped, (long)size);

        int usableCount = 0;
        while (usableCount < count && (error = _platform.Protect(At(usableCount), _pageSize)) == 0)
            usableCount++;
        if (usableCount < count)
            Unmap(new StackRegion(At(usableCount), slot * (nuint)(count - usableCount), 0, 0));
        if (usableCount == 0)
            return error;

        first = Region(0);
        _lock.Enter();
        _rented++;
        for (int i = usableCount - 1; i > 0; i--)
        {
            _cached.Add(new CachedStack(Region(i), Environment.TickCount64));
            _bytesCached += (long)slot;
        }

        _lock.Exit();
        return 0;

        nint At(int index) => address + (nint)(slot * (nuint)index);
        StackRegion Region(int index) => new(At(index), slot, At(index) + (nint)_pageSize, usable);
    }

    private bool Unmap(in StackRegion stack)
    {
        if (_platform.Unmap(stack.MappingBase, stack.MappingSize) == 0)
        {
            Interlocked.Add(ref _bytesMapped, -(long)stack.MappingSize);
            return true;
        }

        if (stack.Size != 0)
            _ = _platform.Discard(stack.Base, stack.Size);
        _lock.Enter();
        _stuck.Add(stack);
        _lock.Exit();
        return false;
    }

    private void RetryStuck()
    {
        _lock.Enter();
        StackRegion[] stuck = _stuck.Count == 0 ? [] : [.. _stuck];
        _stuck.Clear();
        _lock.Exit();
        foreach (StackRegion stack in stuck)
            Unmap(stack);
    }

    private nuint UsableSize(int size)
    {
        nuint unit = Math.Max(SlotUnit, _pageSize);
        nuint units = ((nuint)size + _platform.StackReserve + _pageSize + unit - 1) / unit;
        return ((units | 1) * unit) - _pageSize;
    }

    /// <summary>A stack in the cache and the tick count of its return.</summary>
    private readonly record struct CachedStack(StackRegion Stack, long Since);
}
