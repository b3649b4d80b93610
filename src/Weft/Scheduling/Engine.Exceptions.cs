using System.Runtime.ExceptionServices;

namespace Weft.Scheduling;

/// <content>Exceptions that nobody can await.</content>
internal sealed partial class Engine
{
    private long _goroutinesCancelled;

    internal void CountCancelled() => Interlocked.Increment(ref _goroutinesCancelled);

    internal void OnUnhandledException(Goroutine goroutine, Exception exception)
    {
        if (Options.UnhandledExceptions == UnhandledExceptionPolicy.Report)
        {
            try
            {
                if (Owner.RaiseUnhandledException(new GoroutineExceptionEventArgs(goroutine, exception)))
                    return;
            }
            catch (Exception fromHandler)
            {
                exception = new AggregateException("A handler of Scheduler.UnhandledException threw.", exception, fromHandler);
            }
        }

        Crash(exception);
    }

    /// <summary>
    /// Ends the process the way an exception on any thread does: AppDomain.UnhandledException is raised, and the report has the stack of
    /// the throw. A thread of .NET's own is used, as nothing of this library stands between it and the runtime.
    /// </summary>
    private static void Crash(Exception exception)
    {
        var info = ExceptionDispatchInfo.Capture(exception);
        var thread = new Thread(info.Throw) { Name = "weft-crash" };
        thread.UnsafeStart();
        thread.Join();
    }
}
