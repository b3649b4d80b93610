using System.Globalization;
using Weft.Contracts;
using Weft.Runtime.Host;
using Weft.Threads;

namespace Weft.Guarding;

/// <summary>The most threads that the pool may have, from what the user allows and what the process may still have of threads and memory.
/// </summary>
internal sealed class GuardBound(IThreadPlatform platform)
{
    /// <summary>
    /// Memory of a thread of the pool that blocks: measured, 60 KB of its stack and of .NET, and some 40 KB in the kernel. Code with large
    /// frames needs more.
    /// </summary>
    private const long BytesOfAThread = 128 * 1024;

    /// <summary>
    /// How long an answer is used. Threads of the pool that were made since are in it; a tenth of a second is what others need to make a
    /// hundred threads, and there is a reserve.
    /// </summary>
    private const long KeptNanoseconds = 20_000_000;

    private readonly IThreadLimits? _limits = platform.FindThreadLimits();
    private long _askedAt = long.MinValue / 2;
    private int _most;

    /// <summary>For people: what the bound comes from.</summary>
    internal string Reason { get; private set; } = "";

    /// <summary>The bound now; at least the threads that there are.</summary>
    /// <param name="allowed">The most that the user allows.</param>
    /// <param name="threads">The threads of the pool.</param>
    /// <param name="nowNanoseconds">The time.</param>
    internal int Find(int allowed, int threads, long nowNanoseconds)
    {
        if (ScarceThreads.MayBeRefused)
        {
            Reason = "the system has just refused a thread";
            return threads;
        }

        if (nowNanoseconds - _askedAt >= KeptNanoseconds)
        {
            _askedAt = nowNanoseconds;
            _most = Ask(threads);
        }

        if (_most >= allowed)
        {
            Reason = "the guard's option";
            return Math.Max(allowed, threads);
        }

        return Math.Max(_most, threads);
    }

    private int Ask(int threads)
    {
        ThreadRoom room = _limits?.TightestShared() ?? ThreadRoom.Unlimited;
        long memory = MemoryFree() / 2 / BytesOfAThread;
        long more = room.Free == long.MaxValue ? room.Free : Math.Max(0, room.Free - ThreadAllowance.Reserve);
        Reason = memory < more
            ? string.Create(CultureInfo.InvariantCulture, $"half of the memory that is free, at {BytesOfAThread / 1024} KiB a thread")
            : string.Create(CultureInfo.InvariantCulture, $"{room.Limit}, less {ThreadAllowance.Reserve} for the rest");
        return (int)Math.Min(threads + Math.Min(memory, more), int.MaxValue);
    }

    private static long MemoryFree()
    {
        long most = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return most <= 0 ? long.MaxValue : Math.Max(0, most - Environment.WorkingSet);
    }
}
