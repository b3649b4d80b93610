using System.Runtime.ExceptionServices;

namespace Weft.Runtime.Core;

/// <content>Exceptions that nobody can await.</content>
internal sealed partial class Engine
{
    private long _goroutinesCancelled;

    internal override void CountCancelled() => Interlocked.Increment(ref _goroutinesCancelled);

    internal override void OnUnhandledException(Goroutine goroutine, Exception exception)
    {
        if (Options.UnhandledExceptions == UnhandledExceptionPolicy.Report)
        {
            try
            {
                if (Listener.OnUnhandledException(goroutine, exception))
                    return;
            }
            catch (Exception fromHandler)
            {
                exception = new AggregateException("A handler of Scheduler.UnhandledException threw.", exception, fromHandler);
            }
        }

        Crash(goroutine, exception);
    }

    /// <summary>
    /// Ends the process the way an exception on any thread does: AppDomain.UnhandledException is raised, and the report has the stack of
    /// the throw. A thread of .NET's own is used, as nothing of this library stands between it and the runtime. Where there is none to be
    /// had, the calling thread ends the process. A line says first which goroutine it was: the runtime knows nothing of that.
    /// </summary>
    private static void Crash(Goroutine goroutine, Exception exception)
    {
        string where = $"Goroutine {goroutine.Id}{goroutine.TagText}, started at {goroutine.StartSite}, "
            + "has failed with an exception that nobody can await.";
        var info = ExceptionDispatchInfo.Capture(exception);
        try
        {
            var thread = new Thread(() =>
            {
                TryWriteError(where);
                info.Throw();
            })
            {
                Name = "weft-crash",
            };
            thread.UnsafeStart();
            thread.Join();
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            Environment.FailFast(where, exception);
        }
    }

    private static void TryWriteError(string line)
    {
        try
        {
            Console.Error.WriteLine(line);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Nobody reads it.
        }
    }
}
