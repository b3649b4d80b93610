namespace Weft;

/// <summary>
/// Every goroutine is asleep and nothing can wake one. <see cref="Exception.Message"/> names each, what it waits for, since when, and where
/// it was started.
/// </summary>
public sealed class DeadlockException : InvalidOperationException
{
    internal DeadlockException(string message, IReadOnlyList<GoroutineInfo> goroutines)
        : base(message) => Goroutines = goroutines;

    /// <summary>The goroutines that are stuck.</summary>
    public IReadOnlyList<GoroutineInfo> Goroutines { get; }
}

/// <summary>
/// An explicit request for a thread of its own could not be met: the scheduler has <see cref="SchedulerOptions.MaxThreads"/> threads, or
/// the system refused one.
/// </summary>
public sealed class ThreadLimitException : InvalidOperationException
{
    internal ThreadLimitException(string message)
        : base(message)
    {
    }
}
