using System.Globalization;
using Weft.Contracts;
using Weft.Runtime.Host;
using Weft.Threads;

namespace Weft.Guarding;

/// <summary>The most threads that the pool may have, from what the user allows and what the process may still have of threads and memory.
/// </summary>
internal sealed class GuardBound(IThreadPlatform platform, IThreadLimits? limits)
{
    /// <summary>
    /// Memory of a thread of the pool that blocks. Measured: 40 KB more of resident memory for each of a thousand that sleep. The kernel's
    /// own share, and code with larger frames, are taken for twice as much.
    /// </summary>
    private const long BytesOfAThread = 128 * 1024;

    /// <summary>
    /// How long an answer is used: to ask takes some 0.1 ms. Threads of the pool that were made since are in it, and for those of others
    /// there is a reserve.
    /// </summary>
    private const long KeptNanoseconds = 100_000_000;

    private long _askedAt = long.MinValue / 2;
    private int _most;

    /// <summary>For people: what the bound comes from.</summary>
    internal string Reason { get; private set; } = "";

    /// <summary>The bound now: what is allowed, or at least the threads that there are.</summary>
    /// <param name="allowed">The most that the user allows.</param>
    /// <param name="threads">The threads of the pool.</param>
    /// <param name="nowNanoseconds">The time.</param>
    internal int Find(int allowed, int threads, long nowNanoseconds)
    {
        if (ScarceThreads.MayBeRefused)
        {
            Reason = "the system has just refused a thread";
            return Math.Min(threads, allowed);
        }

        if (nowNanoseconds - _askedAt >= KeptNanoseconds)
        {
            _askedAt = nowNanoseconds;
            _most = Ask(threads);
        }

        if (_most < allowed)
            return Math.Min(Math.Max(_most, threads), allowed);
        Reason = "the guard's option";
        return allowed;
    }

    private int Ask(int threads)
    {
        ThreadRoom room = limits?.TightestShared() ?? ThreadRoom.Unlimited;
        if (!platform.CanOpenFiles())
        {
            // .NET opens two for a moment as it makes a thread, and ends the process if it cannot.
            Reason = "the process can open no more files";
            return threads;
        }

        long memory = platform.FindFreeMemory() / 2 / BytesOfAThread;
        long more = room.Free == long.MaxValue ? room.Free : Math.Max(0, room.Free - ThreadAllowance.Reserve);
        Reason = memory < more
            ? string.Create(CultureInfo.InvariantCulture, $"half of the memory that is free, at {BytesOfAThread / 1024} KiB a thread")
            : string.Create(CultureInfo.InvariantCulture, $"{room.Limit}, less {ThreadAllowance.Reserve} for the rest");
        return (int)Math.Min(threads + Math.Min(memory, more), int.MaxValue);
    }
}
