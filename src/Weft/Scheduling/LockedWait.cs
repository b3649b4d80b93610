namespace Weft.Scheduling;

/// <summary>
/// A managed wait of a goroutine that is locked to its thread. What is posted to it meanwhile must run on this thread, so the wait also
/// ends when something arrives, runs it, and waits on, as an STA thread does.
/// </summary>
/// <remarks>
/// No post is missed: the sender puts it into the inbox (a full fence), then reads <see cref="_waiting"/>; the waiter stores that (a full
/// fence), then looks at the inbox. The event stays set until a wait consumes it.
/// </remarks>
internal sealed class LockedWait
{
    /// <summary>A wait for all of several handles cannot be combined with one for mail, so it is done in pieces of this many milliseconds.</summary>
    private const int WaitAllPiece = 5;

    private AutoResetEvent? _mail;
    private int _waiting;

    /// <summary>Something was posted to the goroutine.</summary>
    internal void Signal()
    {
        if (Volatile.Read(ref _waiting) > 0)
            _mail?.Set();
    }

    /// <summary>Called by the wait hook of <paramref name="goroutine"/>, on its machine, which is in goroutine code.</summary>
    internal static int Run(Engine engine, Machine machine, Goroutine goroutine, IntPtr[] handles, bool all, int timeout) =>
        goroutine.Extra.LockedWait!.Run(engine, machine, goroutine, handles, all && handles.Length > 1, timeout, Environment.TickCount64);

    private int Run(Engine engine, Machine machine, Goroutine goroutine, IntPtr[] handles, bool all, int timeout, long start)
    {
        _mail ??= new AutoResetEvent(false);
        IntPtr[] withMail = all ? handles : [.. handles, _mail.SafeWaitHandle.DangerousGetHandle()];
        Interlocked.Increment(ref _waiting);
        try
        {
            while (true)
            {
                RunMail(machine, goroutine);
                int left = timeout < 0 ? Timeout.Infinite : (int)Math.Max(0, timeout - (Environment.TickCount64 - start));
                int piece = !all ? left : left < 0 ? WaitAllPiece : Math.Min(left, WaitAllPiece);
                int result;
                engine.BeginCall(machine, goroutine, HandOffCause.Wait);
                try
                {
                    result = Goroutine.PlainWait(withMail, all, piece);
                }
                finally
                {
                    engine.EndCall(machine, goroutine);
                }

                bool again = all ? result == WaitHandle.WaitTimeout && (left < 0 || left > piece) : result == handles.Length;
                if (!again)
                    return result;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>Runs what was posted, and leaves the caller's AsyncLocal values as they were.</summary>
    private static void RunMail(Machine machine, Goroutine goroutine)
    {
        if (!goroutine.HasMail)
            return;
        ExecutionContext? context = ExecutionContext.Capture();
        while (goroutine.HasMail && goroutine.PendingReturn is null)
            goroutine.RunMailbox(machine);
        if (context is not null)
            ExecutionContext.Restore(context);
    }
}
