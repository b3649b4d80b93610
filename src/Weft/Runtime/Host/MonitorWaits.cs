using System.Runtime.CompilerServices;

namespace Weft.Runtime.Host;

/// <summary>
/// Tells the waits inside Monitor.Wait, on which Task.Wait, SemaphoreSlim and others rest, from those for a lock. On NativeAOT a goroutine
/// that runs its own mail inside its wait must know.
/// </summary>
/// <remarks>
/// There, Monitor.Wait first makes the object's list of waiters, under a lock of the runtime's own. If that lock is contended, the wait
/// hook is called for it: the thread is in no list yet, and holds the object's lock, which it may enter again. Mail that ran in this hook,
/// and completed what the thread is about to wait for, would pulse an empty list, and the wait that follows would never end. CoreCLR does
/// all of that in native code, or, since .NET 11, without such a lock. What tells the two kinds apart is that Monitor.Wait uses the same
/// event each time on a thread.
/// </remarks>
internal sealed class MonitorWaits : SynchronizationContext
{
    /// <summary>In milliseconds. No wait has this time-out but the question: the hook answers it at once.</summary>
    private const int Question = int.MaxValue - 1;

    /// <summary>
    /// Milliseconds for which a wait that may be one for a lock of the runtime's own goes without mail. Such a lock is held for
    /// microseconds; this is many times what its holder waits for a CPU on a busy machine.
    /// </summary>
    private const int LockPatience = 100;

    private static readonly bool s_areManaged = !RuntimeFeature.IsDynamicCodeSupported;

    [ThreadStatic]
    private static IntPtr t_event;

    private MonitorWaits() => SetWaitNotificationRequired();

    /// <summary>
    /// Learns the calling thread's event: as a machine begins. Not inside a wait hook: the runtime keeps one record of a waiter a thread,
    /// and a Monitor.Wait inside another spoils it (dotnet/runtime#123173).
    /// </summary>
    internal static void Learn()
    {
        if (!s_areManaged || t_event != 0)
            return;
        SynchronizationContext? before = Current;
        SetSynchronizationContext(new MonitorWaits());
        try
        {
            object question = new();
            lock (question)
                Monitor.Wait(question, Question);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Whether a wait for these may be one for a lock of the runtime's own.</summary>
    internal static bool MayBeForALock(IntPtr[] handles) => s_areManaged && handles.Length == 1 && handles[0] != t_event;

    /// <summary>For how many milliseconds such a wait goes without mail, if it has <paramref name="timeout"/> in all.</summary>
    internal static int Patience(int timeout) => timeout < 0 ? LockPatience : Math.Min(timeout, LockPatience);

    /// <inheritdoc/>
    public override int Wait(IntPtr[] waitHandles, bool waitAll, int millisecondsTimeout)
    {
        if (millisecondsTimeout != Question)
            return WaitHelper(waitHandles, waitAll, millisecondsTimeout);
        t_event = waitHandles[0];
        return WaitHandle.WaitTimeout;
    }
}
