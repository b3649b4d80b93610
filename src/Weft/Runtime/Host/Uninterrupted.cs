namespace Weft.Runtime.Host;

/// <summary>
/// Code of the scheduler's own that may wait for a lock of .NET's. To wait for one throws on a thread that was interrupted; then
/// the code has not had the lock yet, and is run again. The interrupt meets the thread's next wait.
/// </summary>
internal static class Uninterrupted
{
    /// <summary>Runs something that has changed nothing when the wait for a lock in it throws.</summary>
    internal static void Do<T>(T argument, Action<T> code)
    {
        for (bool wasInterrupted = false; ; wasInterrupted = true)
        {
            try
            {
                code(argument);
                if (wasInterrupted)
                    Thread.CurrentThread.Interrupt();
                return;
            }
            catch (ThreadInterruptedException)
            {
                // Again.
            }
        }
    }
}
