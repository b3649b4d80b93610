using Microsoft.Extensions.Logging;

namespace Weft.Hosting;

/// <summary>Writes to the host's log what Weft's events tell.</summary>
internal sealed partial class WeftLog(ILogger logger)
{
    /// <summary>The category of all messages.</summary>
    internal const string Category = "Weft";

    /// <summary>
    /// In milliseconds, how long a shortage that has been logged is not logged again: it is told hundreds of times a second, and people
    /// look at a log every minute at most.
    /// </summary>
    private const long ShortagePause = 60_000;

    // The system's tick count from which on a shortage is logged.
    private long _nextShortage;

    internal void Attach(Scheduler scheduler, UnhandledExceptionPolicy policy)
    {
        scheduler.ThreadShortage += (_, shortage) =>
        {
            if (IsTimeForAShortage())
                ThreadShortage(scheduler.Name, shortage.Threads, shortage.Cause, shortage.ErrorNumber);
        };
        scheduler.WorkRefused += (_, work) => WorkRefused(scheduler.Name, work.Goroutine);

        // A handler is what keeps the process alive: with the other policy it would not be called.
        if (policy == UnhandledExceptionPolicy.Report)
            scheduler.UnhandledException += (_, unhandled) => UnhandledException(unhandled.Exception, unhandled.Goroutine);
    }

    private bool IsTimeForAShortage()
    {
        long now = Environment.TickCount64;
        long next = Interlocked.Read(ref _nextShortage);
        return now >= next && Interlocked.CompareExchange(ref _nextShortage, now + ShortagePause, next) == next;
    }

    [LoggerMessage(1, LogLevel.Warning,
        "Scheduler '{Scheduler}' wanted a thread beyond its {Threads} and could not have it ({Cause}, error {Error}). Its goroutines wait "
        + "for one of those. Let the process have more threads, or fewer goroutines block at the same time. Told once a minute.")]
    private partial void ThreadShortage(string scheduler, int threads, ThreadShortageCause cause, int error);

    [LoggerMessage(2, LogLevel.Error, "An exception has left {Goroutine}, which nobody can await.")]
    private partial void UnhandledException(Exception exception, Goroutine goroutine);

    [LoggerMessage(3, LogLevel.Warning,
        "A continuation came for {Goroutine} after scheduler '{Scheduler}' was disposed. It does not run. Await what goroutines start "
        + "before they end.")]
    private partial void WorkRefused(string scheduler, Goroutine goroutine);

    [LoggerMessage(4, LogLevel.Warning,
        "The host is disposed while goroutines still run, and goes on without them. Have them end when the host stops, or raise "
        + nameof(WeftOptions) + "." + nameof(WeftOptions.DisposeTimeout) + ".")]
    internal partial void GoroutinesLeft(DisposeTimeoutException exception);

    internal void PoolChanged(LogLevel level, ThreadPoolGuardEventArgs change)
    {
        if (logger.IsEnabled(level))
            PoolChanged(level, change.Description);
    }

    [LoggerMessage(EventId = 5, Message = "{Change}")]
    private partial void PoolChanged(LogLevel level, string change);

    [LoggerMessage(6, LogLevel.Warning, "The guard of .NET's pool has no thread, and the pool is not guarded. The host goes on without.")]
    internal partial void NoGuard(Exception exception);

    [LoggerMessage(7, LogLevel.Warning,
        "The pool of .NET had been used before the host was started, and keeps idle threads for as long as it was told then (20 s), not "
        + "for " + nameof(ThreadPoolGuardOptions) + "." + nameof(ThreadPoolGuardOptions.ThreadTimeout) + ". Await nothing before the host "
        + "runs, or set System.Threading.ThreadPool.ThreadTimeoutMs in the program's project file, or have no time-out: null.")]
    internal partial void ThreadTimeoutIgnored();
}
