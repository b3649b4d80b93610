namespace Weft.Threads;

/// <summary>
/// Code of the scheduler's own that may wait for a lock of .NET's. To wait for one throws on a thread that was interrupted; then
/// the code has not had the lock yet, and is run again. The interrupt meets the thread's next wait.
/// </summary>
internal static class Uninterrupted
{
    /// <summary>Runs something that has changed nothing when a wait in it throws.</summary>
    internal static void Do<T>(T argument, Action<T> code) =>
        Get((argument, code), static call =>
        {
            call.code(call.argument);
            return true;
        });

    /// <summary>The same with a result.</summary>
    internal static TResult Get<T, TResult>(T argument, Func<T, TResult> code)
    {
        for (bool wasInterrupted = false; ; wasInterrupted = true)
        {
            try
            {
                TResult result = code(argument);
                if (wasInterrupted)
                    Thread.CurrentThread.Interrupt();
                return result;
            }
            catch (ThreadInterruptedException)
            {
                // Again.
            }
        }
    }
}
