namespace Weft.Runtime.Core;

/// <summary>
/// Whom the engine tells what has happened. The scheduler implements it, and raises its events. Any thread may call it, in scheduler code,
/// too.
/// </summary>
internal interface IEngineListener
{
    /// <summary>A thread was wanted and could not be had.</summary>
    /// <param name="cause">Why.</param>
    /// <param name="threads">How many there were.</param>
    /// <param name="error">The system's error number, or zero.</param>
    void OnThreadShortage(ThreadShortageCause cause, int threads, int error);

    /// <summary>An exception left a goroutine that nobody can await. True when a handler took it.</summary>
    bool OnUnhandledException(Goroutine goroutine, Exception exception);

    /// <summary>A continuation came for a goroutine of a stopped engine.</summary>
    void OnWorkRefused(Goroutine goroutine);

    /// <summary>The goroutines seem to be deadlocked, and that is not certain.</summary>
    void OnDeadlockSuspected(IReadOnlyList<GoroutineInfo> asleep);
}
