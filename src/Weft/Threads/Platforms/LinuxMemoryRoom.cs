using System.Buffers.Text;
using static Weft.Threads.Platforms.LinuxNative;

namespace Weft.Threads.Platforms;

/// <summary>
/// What Linux allows the process of mappings (<c>vm.max_map_count</c>) and of address space (RLIMIT_AS, RLIMIT_DATA), and how much of both
/// is left to the rest of the program. For the whole process. Any thread may use it; allocates nothing, and enters no managed wait.
/// </summary>
internal sealed unsafe class LinuxMemoryRoom
{
    /// <summary>
    /// Mappings left if that is possible. A program that has loaded most of its code takes some dozen more for each thread of .NET's own
    /// and each assembly; hundreds more come with a heap that grows.
    /// </summary>
    private const long MappingReserve = 1_024;

    /// <summary>
    /// Mappings left in any case: what the runtime was seen to take when a program starts to use Weft, and half as much again.
    /// </summary>
    private const long MappingsNever = 128;

    /// <summary>
    /// Bytes left if that is possible: two of the heaps that glibc reserves for the threads' allocations, in pieces of 64 MiB, aligned.
    /// </summary>
    private const long ByteReserve = 256 * 1024 * 1024;

    /// <summary>Bytes left in any case: the default stacks of a few threads, code, and what a collection needs.</summary>
    private const long BytesNever = 64 * 1024 * 1024;

    // In milliseconds. After a refusal the ballast is taken again, when there is plenty.
    private const long BallastPause = 1_000;

    // The kernel gives no more than a page of a file in /proc at a time.
    private const int BufferSize = 4096;

    private readonly ScarceRoom _mappings;
    private readonly ScarceRoom _bytes;
    private readonly LinuxBallast _ballast = new();
    private long _ballastAt;
    private int _takesBallast;

    internal LinuxMemoryRoom(IThreadPlatform platform)
    {
        _mappings = new ScarceRoom(platform, FreeMappings, MappingReserve, MappingsNever);
        _bytes = new ScarceRoom(platform, FreeBytes, ByteReserve, BytesNever);
    }

    /// <summary>
    /// Whether a number of stacks, with what comes with each thread, can be had beside what the rest of the program needs.
    /// </summary>
    /// <param name="mappings">How many mappings come with each.</param>
    /// <param name="bytes">Bytes that each takes.</param>
    /// <param name="stacks">How many.</param>
    internal bool TryReserve(int mappings, nuint bytes, int stacks)
    {
        long now = Environment.TickCount64;
        if (!_mappings.TryReserve(mappings, stacks, now) || !_bytes.TryReserve((long)bytes, stacks, now))
            return false;
        if (!_ballast.IsHeld && now >= Volatile.Read(ref _ballastAt) && !_mappings.IsScarce && !_bytes.IsScarce
            && Interlocked.Exchange(ref _takesBallast, 1) == 0)
        {
            _ballast.TryMap();
            Volatile.Write(ref _ballastAt, now + BallastPause);
            Volatile.Write(ref _takesBallast, 0);
        }

        return true;
    }

    /// <summary>The system has refused a thread; perhaps for want of memory.</summary>
    internal void NoteRefusedThread()
    {
        Volatile.Write(ref _ballastAt, Environment.TickCount64 + BallastPause);
        _ballast.Unmap();
    }

    /// <summary>The system has refused to map, protect or unmap: that takes mappings, all three.</summary>
    internal void NoteRefusal()
    {
        NoteRefusedThread();
        long now = Environment.TickCount64;
        _mappings.NoteRefusal(now);
        _bytes.NoteRefusal(now);
    }

    private static long FreeMappings()
    {
        Span<byte> text = stackalloc byte[BufferSize];
        if (Number(text[..LinuxProc.Read("/proc/sys/vm/max_map_count\0"u8, text)], word: 0) is not long most)
            return long.MaxValue;
        long inUse = 0;
        fixed (byte* path = "/proc/self/maps\0"u8, start = text)
        {
            int file = open(path, O_RDONLY | O_CLOEXEC);
            if (file < 0)
                return long.MaxValue;
            nint length;
            while ((length = read(file, start, BufferSize)) > 0)
                inUse += text[..(int)length].Count((byte)'\n');
            _ = close(file);
        }

        return inUse == 0 ? long.MaxValue : Math.Max(0, most - inUse);
    }

    /// <summary>
    /// What the resource limits leave. In a 32-bit process, where the C libraries disagree about their size, they are not looked at.
    /// </summary>
    private static long FreeBytes()
    {
        const int WordOfSize = 0;
        const int WordOfData = 5;
        if (sizeof(nint) != 8)
            return long.MaxValue;
        ulong space = Limit(RLIMIT_AS);
        ulong data = Limit(RLIMIT_DATA);
        if (space == RLIM_INFINITY && data == RLIM_INFINITY)
            return long.MaxValue;

        // "SIZE RESIDENT SHARED TEXT 0 DATA 0", in pages.
        Span<byte> text = stackalloc byte[BufferSize];
        ReadOnlySpan<byte> statm = text[..LinuxProc.Read("/proc/self/statm\0"u8, text)];
        return Math.Min(Free(space, Number(statm, WordOfSize)), Free(data, Number(statm, WordOfData)));

        static long Free(ulong limit, long? pages) => limit > long.MaxValue || pages is not long used
            ? long.MaxValue
            : Math.Max(0, (long)limit - (used * Environment.SystemPageSize));
    }

    private static ulong Limit(int resource)
    {
        ulong* limits = stackalloc ulong[2]; // in force, and how far it may be raised
        return getrlimit(resource, limits) == 0 ? limits[0] : RLIM_INFINITY;
    }

    /// <summary>The number that is the word with that index.</summary>
    private static long? Number(ReadOnlySpan<byte> text, int word)
    {
        foreach (Range range in text.SplitAny(" \n"u8))
        {
            if (word-- == 0)
                return Utf8Parser.TryParse(text[range], out long value, out _) ? value : null;
        }

        return null;
    }
}
