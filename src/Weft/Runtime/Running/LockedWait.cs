using Weft.Runtime.Core;
using Weft.Runtime.Host;

namespace Weft.Runtime.Running;

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
    /// <summary>
    /// A wait for all of several handles, or for as many as the system allows, cannot be combined with one for mail. It is done in pieces
    /// of this many milliseconds.
    /// </summary>
    private const int Piece = 5;

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
        if (MonitorWaits.MayBeForALock(handles))
        {
            int patience = MonitorWaits.Patience(timeout);
            int early = WaitPiece(engine, machine, goroutine, handles, all, patience);
            if (early != WaitHandle.WaitTimeout || patience == timeout)
                return early;
        }

        _mail ??= new AutoResetEvent(false);
        bool inPieces = all || handles.Length == HostedWait.MaxHandles;
        IntPtr[] withMail = inPieces ? handles : [.. handles, _mail.SafeWaitHandle.DangerousGetHandle()];
        Interlocked.Increment(ref _waiting);
        try
        {
            while (true)
            {
                OwnMail.Run(machine, goroutine);
                int left = timeout < 0 ? Timeout.Infinite : (int)Math.Max(0, timeout - (Environment.TickCount64 - start));
                int piece = inPieces && (left < 0 || left > Piece) ? Piece : left;

                // A goroutine that keeps posting to itself must not keep itself from seeing what it waits for.
                if (goroutine.HasMail && goroutine.PendingReturn is null)
                    piece = 0;
                int result = WaitPiece(engine, machine, goroutine, withMail, all, piece);
                bool timedOut = result == WaitHandle.WaitTimeout;
                if (timedOut ? left >= 0 && piece == left : result != handles.Length)
                    return result;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private static int WaitPiece(Engine engine, Machine machine, Goroutine goroutine, IntPtr[] handles, bool all, int milliseconds)
    {
        if (milliseconds == 0)
            return Goroutine.PlainWait(handles, all, 0);
        engine.BeginCall(machine, goroutine, HandOffCause.Wait);
        try
        {
            return Goroutine.PlainWait(handles, all, milliseconds);
        }
        finally
        {
            engine.EndCall(machine, goroutine);
        }
    }
}
