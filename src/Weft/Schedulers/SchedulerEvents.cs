namespace Weft;

/// <summary>A scheduler wanted a thread and could not have it. Its work waits for a machine; nothing is lost.</summary>
/// <seealso cref="Scheduler.ThreadShortage"/>
public sealed class ThreadShortageEventArgs : EventArgs
{
    internal ThreadShortageEventArgs(ThreadShortageCause cause, int threads, int errorNumber) =>
        (Cause, Threads, ErrorNumber) = (cause, threads, errorNumber);

    /// <summary>Why there was none.</summary>
    public ThreadShortageCause Cause { get; }

    /// <summary>How many threads the scheduler had.</summary>
    public int Threads { get; }

    /// <summary>The system's error number when it refused (on Linux EAGAIN, 11, or ENOMEM, 12); otherwise zero.</summary>
    public int ErrorNumber { get; }
}

/// <summary>An exception left a goroutine that nobody can await, or something that was posted to a goroutine.</summary>
/// <seealso cref="Scheduler.UnhandledException"/>
public sealed class GoroutineExceptionEventArgs : EventArgs
{
    internal GoroutineExceptionEventArgs(Goroutine goroutine, Exception exception) => (Goroutine, Exception) = (goroutine, exception);

    /// <summary>The goroutine.</summary>
    public Goroutine Goroutine { get; }

    /// <summary>What left it.</summary>
    public Exception Exception { get; }
}

/// <summary>A continuation arrived for a goroutine whose scheduler is disposed; it cannot run.</summary>
/// <seealso cref="Scheduler.WorkRefused"/>
public sealed class WorkRefusedEventArgs : EventArgs
{
    internal WorkRefusedEventArgs(Goroutine goroutine) => Goroutine = goroutine;

    /// <summary>The goroutine it was for.</summary>
    public Goroutine Goroutine { get; }
}

/// <summary>
/// Somebody waits in Run, and everything has slept for a second. As far as is known, each goroutine waits for what only goroutines end; but
/// something outside can still reach that. It may be a deadlock, or a wait for an event that has not come yet.
/// </summary>
/// <seealso cref="Scheduler.DeadlockSuspected"/>
public sealed class DeadlockSuspectedEventArgs : EventArgs
{
    internal DeadlockSuspectedEventArgs(IReadOnlyList<GoroutineInfo> goroutines) => Goroutines = goroutines;

    /// <summary>The goroutines of the scheduler, all asleep, as they were then; by id.</summary>
    public IReadOnlyList<GoroutineInfo> Goroutines { get; }
}
