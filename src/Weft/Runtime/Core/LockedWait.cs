using Weft.Runtime.Host;
using Weft.Runtime.Running;

namespace Weft.Runtime.Core;

/// <summary>
/// A managed wait of a goroutine that is locked to its thread. What is posted to it meanwhile must run on this thread, so the wait also
/// ends when something arrives, runs it, and waits on, as an STA thread does.
/// </summary>
/// <remarks><see cref="MailSignal"/> argues why no post is missed.</remarks>
internal static class LockedWait
{
    /// <summary>
    /// A wait for all of several handles, or for as many as the system allows, cannot be combined with one for mail. It is done in pieces
    /// of this many milliseconds.
    /// </summary>
    private const int Piece = 5;

    /// <summary>Called by the wait hook of <paramref name="goroutine"/>, on its machine, which is in goroutine code.</summary>
    internal static int Run(Engine engine, Machine machine, Goroutine goroutine, IntPtr[] handles, bool all, int timeout)
    {
        long start = Environment.TickCount64;
        all &= handles.Length > 1;
        if (MonitorWaits.MayBeForALock(handles))
        {
            int patience = MonitorWaits.Patience(timeout);
            int early = WaitPiece(engine, machine, goroutine, handles, all, patience);
            if (early != WaitHandle.WaitTimeout || patience == timeout)
                return early;
        }

        bool inPieces = all || handles.Length == HostedWait.MaxHandles;
        MailSignal signal = goroutine.Extra.MailSignal!;
        AutoResetEvent mail = signal.BeginWait();
        try
        {
            IntPtr[] withMail = inPieces ? handles : [.. handles, mail.SafeWaitHandle.DangerousGetHandle()];
            while (true)
            {
                OwnMail.Run(machine, goroutine);
                int left = timeout < 0 ? Timeout.Infinite : (int)Math.Max(0, timeout - (Environment.TickCount64 - start));
                int piece = inPieces && (left < 0 || left > Piece) ? Piece : left;

                // A goroutine that keeps posting to itself must not keep itself from seeing what it waits for.
                if (goroutine.HasMail && goroutine.PendingComeback is null)
                    piece = 0;
                int result = WaitPiece(engine, machine, goroutine, withMail, all, piece);
                bool timedOut = result == WaitHandle.WaitTimeout;
                if (timedOut ? left >= 0 && piece == left : result != handles.Length)
                    return result;
            }
        }
        finally
        {
            signal.EndWait();
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
