namespace Weft.Scheduling;

/// <summary>
/// Wakes threads that block in managed waits. Both events and monitors take a lock for that, and to wait for it throws on a thread that
/// somebody has interrupted, before anybody was woken: then it is done again, and the interrupt meets the thread's next wait.
/// </summary>
internal static class WakeUp
{
    /// <summary>Sets an event.</summary>
    internal static void Set(ManualResetEventSlim waited) => Do(waited, static waited => waited.Set());

    /// <summary>Wakes all who wait for a monitor.</summary>
    internal static void PulseAll(object waited) => Do(waited, static waited =>
    {
        lock (waited)
            Monitor.PulseAll(waited);
    });

    private static void Do<T>(T waited, Action<T> wake)
    {
        for (bool wasInterrupted = false; ; wasInterrupted = true)
        {
            try
            {
                wake(waited);
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
