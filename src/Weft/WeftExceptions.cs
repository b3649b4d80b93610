namespace Weft;

/// <summary>
/// Every goroutine is asleep and nothing can wake one. <see cref="Exception.Message"/> names each, what it waits for, since when, and where
/// it was started. Thrown by <see cref="Go.Run(Action, string, int)"/> and <see cref="Scheduler.Run(Action, string, int)"/>.
/// </summary>
/// <example>
/// <code>
/// try
/// {
///     Go.Run(async () => await Go.SleepAsync(Timeout.InfiniteTimeSpan));
/// }
/// catch (DeadlockException e)
/// {
///     Console.WriteLine(e.Message);
/// }
/// </code>
/// </example>
public sealed class DeadlockException : InvalidOperationException
{
    internal DeadlockException(string message, IReadOnlyList<GoroutineInfo> goroutines)
        : base(message) => Goroutines = goroutines;

    /// <summary>The goroutines that are stuck, as they were when that was found; empty when main has exited and none is left.</summary>
    public IReadOnlyList<GoroutineInfo> Goroutines { get; }
}

/// <summary>
/// An explicit request for a thread of its own could not be met: the scheduler has <see cref="SchedulerOptions.MaxThreads"/> threads, or
/// the system refused one. Thrown by <see cref="Go.LockOSThreadAsync"/>; work that does not ask waits instead, and
/// <see cref="Scheduler.ThreadShortage"/> tells.
/// </summary>
public sealed class ThreadLimitException : InvalidOperationException
{
    internal ThreadLimitException(string message)
        : base(message)
    {
    }
}
