namespace Weft;

/// <summary>
/// What the guard of .NET's pool has done; made by <see cref="ThreadPoolGuard.Statistics"/>. Counters only grow. All guards of a process
/// share one thread and so these figures.
/// </summary>
/// <remarks>Cannot be changed: two of them tell what happened in between.</remarks>
/// <example>
/// <code>
/// using ThreadPoolGuard guard = ThreadPoolGuard.Start();
/// ThreadPoolGuardStatistics now = guard.Statistics;
/// Console.WriteLine($"{now.Raised} times raised, at most to {now.PeakMinimum}; starving: {now.IsStarving}");
/// </code>
/// </example>
public sealed record ThreadPoolGuardStatistics
{
    internal ThreadPoolGuardStatistics()
    {
    }

    /// <summary>The minimum of threads that the user has set, or .NET's own.</summary>
    public int UserMinimum { get; internal init; }

    /// <summary>The minimum in force.</summary>
    public int Minimum { get; internal init; }

    /// <summary>The highest minimum that the guard has set.</summary>
    public int PeakMinimum { get; internal init; }

    /// <summary>Times the guard raised the minimum.</summary>
    public long Raised { get; internal init; }

    /// <summary>Times the guard lowered the minimum.</summary>
    public long Lowered { get; internal init; }

    /// <summary>Whether work waits now because the pool's threads block, and for want of threads.</summary>
    public bool IsStarving { get; internal init; }

    /// <summary>Times the pool began to starve.</summary>
    public long Starvations { get; internal init; }

    /// <summary>How long it has starved, all times together.</summary>
    public TimeSpan StarvedFor { get; internal init; }

    /// <summary>Looks that the guard has taken.</summary>
    public long Looks { get; internal init; }

    /// <summary>
    /// Whether the pool had been used before the guard was started, so that its idle threads stay for as long as .NET had been told before,
    /// and not for <see cref="ThreadPoolGuardOptions.ThreadTimeout"/>.
    /// </summary>
    public bool IsThreadTimeoutIgnored { get; internal init; }
}
