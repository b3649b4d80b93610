using System.Runtime.CompilerServices;
using Weft.Runtime.Host;
using Weft.Runtime.Running;

namespace Weft.Runtime.Core;

/// <summary>
/// A managed wait of a goroutine that is not locked to its thread. The run right is given up, so what is posted to the goroutine meanwhile
/// runs on another machine; if there is no thread for that, the waiting machine is given it and runs it inside its wait. Then it waits on.
/// </summary>
/// <remarks>
/// <para>
/// <b>States.</b> From <see cref="Engine.BeginBlocking"/> to <see cref="Engine.EndBlocking"/> the machine is a host of its goroutine
/// (<see cref="GoroutineExtra.Hosts"/>), and <see cref="Runner.Hosting"/> says whether it can be given it: <c>Deaf</c> while the runtime
/// could not bear other code, <c>Hears</c> in a wait that mail ends, <c>ComesBack</c> once the wait is over. All of that is under the
/// engine's lock, and so is what is handed over: processor, goroutine and run right at once.
/// </para>
/// <para>
/// <b>The giver</b> is the thread that has a processor in its hands and finds no machine for it (<see cref="Engine"/>, TryHandToBound):
/// when a machine blocks, when something is published during a shortage, or the monitor, every 10 ms. As each wait hears of mail, whenever
/// it began, it does not matter whether there were threads when it began: the last machine may block a moment later.
/// </para>
/// <para>
/// <b>The goroutine is never run twice.</b> To be given, a goroutine must be in the giver's hands, so in no queue, and Ready. A host that
/// comes back takes the run right only from Parked (no machine has it then), or is given it.
/// Publisher: the giver stores what it hands over under the lock, then wakes the host where it last was.
/// Looker: the host becomes <c>ComesBack</c> under the lock, and looks for what was handed over in the same hold of it.
/// Fences: the lock.
/// Therefore: either the giver finds <c>ComesBack</c>, and wakes the parker; or the host finds what was handed over, and a signal
/// at its event comes too late for this wait. The next wait ignores a signal that nothing was handed over with.
/// Model: tests/models/hosted-wait.pml.
/// </para>
/// </remarks>
internal static class HostedWait
{
    /// <summary>The most handles a wait can have.</summary>
    internal const int MaxHandles = 64;

    /// <summary>
    /// A wait for all of several handles, or for as many as the system allows, cannot be combined with one for mail. It is done in pieces
    /// of this length, in milliseconds: short ones during a shortage, when it may be given mail and then keeps a processor until it looks;
    /// otherwise long ones, which cost nothing to speak of and end in time for a shortage.
    /// </summary>
    private const int ShortPiece = 10;
    private const int LongPiece = 200;

    /// <summary>
    /// Called by the wait hook of <paramref name="goroutine"/>, on its machine, which is in goroutine code and has the run right, or is in
    /// a declared call.
    /// </summary>
    internal static int Run(Engine engine, Machine machine, Goroutine goroutine, IntPtr[] handles, bool all, int timeout)
    {
        long start = Environment.TickCount64;
        bool mayBeForALock = MonitorWaits.MayBeForALock(handles);
        bool inCall = machine.OutOnCall is not null;
        machine.PrepareForMail();
        Hosting first = mayBeForALock ? Hosting.Deaf : HasRoomForMail;
        if (inCall)
            engine.BeginWaitInCall(machine, first);
        else
            engine.BeginBlocking(machine, goroutine, HandOffCause.Wait, first);
        try
        {
            if (mayBeForALock)
            {
                int patience = MonitorWaits.Patience(timeout);
                int early = Goroutine.PlainWait(handles, all, patience);
                if (early != WaitHandle.WaitTimeout || patience == timeout)
                    return early;
                engine.SetHosting(machine, HasRoomForMail);
            }

            return WaitWithMail(engine, machine, goroutine, handles, all && handles.Length > 1, timeout, start);
        }
        finally
        {
            if (inCall)
                engine.EndWaitInCall(machine, goroutine);
            else
                engine.EndBlocking(machine, goroutine);
        }
    }

    /// <summary>Waits inside waits need stack. Where little is left, the mail waits for a thread instead.</summary>
    private static Hosting HasRoomForMail => RuntimeHelpers.TryEnsureSufficientExecutionStack() ? Hosting.Hears : Hosting.Deaf;

    private static int WaitWithMail(
        Engine engine,
        Machine machine,
        Goroutine goroutine,
        IntPtr[] handles,
        bool all,
        int timeout,
        long start)
    {
        bool inPieces = all || handles.Length == MaxHandles;
        while (true)
        {
            int left = timeout < 0 ? Timeout.Infinite : (int)Math.Max(0, timeout - (Environment.TickCount64 - start));
            int piece = left;
            if (inPieces)
            {
                bool shortage = engine.HasShortage;
                engine.SetHosting(machine, shortage ? HasRoomForMail : Hosting.Deaf);
                piece = shortage ? ShortPiece : LongPiece;
                piece = left < 0 ? piece : Math.Min(piece, left);
            }

            int result = Goroutine.PlainWait(inPieces ? handles : machine.AddMailTo(handles), all, piece);
            bool timedOut = result == WaitHandle.WaitTimeout;
            if (timedOut ? left >= 0 && piece == left : inPieces || result != handles.Length)
                return result;

            // Without one, it was the end of a piece, or a signal that belonged to an earlier wait.
            if (machine.NextProcessor is null)
                continue;
            RunMail(engine, machine, goroutine);
        }
    }

    private static void RunMail(Engine engine, Machine machine, Goroutine goroutine)
    {
        bool inCall = machine.OutOnCall is not null;
        if (inCall)
            engine.StepIn(machine, goroutine);
        else
            engine.EndBlocking(machine, goroutine);
        engine.RunMailInside(machine, goroutine);
        if (!inCall)
        {
            engine.BeginBlocking(machine, goroutine, HandOffCause.Wait, HasRoomForMail);
            return;
        }

        engine.StepOut(machine, goroutine);
        engine.BeginWaitInCall(machine, HasRoomForMail);
    }
}
