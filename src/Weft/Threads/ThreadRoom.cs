namespace Weft.Threads;

/// <summary>How many more threads the system allows the process, and the limit that says so.</summary>
/// <param name="Free">Threads that can still be made; not negative.</param>
/// <param name="Limit">The limit with its value and what is in use of it, for people; null if none is known.</param>
internal readonly record struct ThreadRoom(long Free, string? Limit)
{
    /// <summary>No limit is known.</summary>
    internal static ThreadRoom Unlimited => new(long.MaxValue, null);

    internal static ThreadRoom Tighter(ThreadRoom one, ThreadRoom other) => other.Free < one.Free ? other : one;
}

/// <summary>What a system says about how many threads a process may have. May be asked from any thread; does not throw.</summary>
internal interface IThreadLimits
{
    /// <summary>The tightest of all limits. May take milliseconds.</summary>
    ThreadRoom Tightest();

    /// <summary>The tightest of those limits that others' threads count for, too, and that can be asked within some 50 us.</summary>
    ThreadRoom TightestShared();
}
