using System.Diagnostics;
using Weft.Runtime.Running;

namespace Weft.Runtime.Core;

/// <content>
/// Calls that a goroutine declares (<see cref="Go.Blocking(Action)"/>). For their length both the processor and the run right are given up,
/// as in a managed wait: so what is posted to the goroutine runs elsewhere, and a call that waits for it ends, even one for which the
/// runtime calls no wait hook.
/// <para>
/// <b>The code inside</b> runs without the run right, beside continuations of its goroutine, so it must not touch what only the run right's
/// holder may. It is treated as code of a thread that runs no goroutine: <see cref="Runner.Current"/> is null, and every operation takes
/// the way it takes outside goroutines. It is known all the same where it belongs (<see cref="Runner.OutOnCall"/>): what it starts goes to
/// its scheduler, and what it waits for in managed waits can be brought by mail that its machine is given there. To lock the goroutine to
/// its thread takes the run right back for the rest of the call.
/// </para>
/// </content>
internal sealed partial class Engine
{
    /// <summary>Begins a declared call of the calling machine's goroutine.</summary>
    internal void BeginDeclaredCall(Machine machine, Goroutine goroutine)
    {
        // What belongs to this thread, or has no other, gains nothing from a run right that is free.
        if (machine.Locked is not null || !Platform.CreatesThreads)
        {
            BeginCall(machine, goroutine, HandOffCause.Explicit);
            return;
        }

        machine.CallDepth++;
        StepOut(machine, goroutine);
    }

    /// <summary>Ends it. The run right may have been kept, or taken back, meanwhile.</summary>
    internal void EndDeclaredCall(Machine machine, Goroutine goroutine)
    {
        if (machine.OutOnCall is null)
        {
            EndCall(machine, goroutine);
            return;
        }

        Debug.Assert(machine.OutOnCall == goroutine, "Declared calls do not nest.");
        StepIn(machine, goroutine);
        machine.CallDepth--;
    }

    /// <summary>The calling machine, in a declared call, gets the run right and a processor back before the call is over.</summary>
    internal void ReclaimRunRight(Machine machine, Goroutine goroutine)
    {
        StepIn(machine, goroutine);
        _lock.Enter();
        goroutine.ChangeBlockedDepth(1); // the call goes on: see EndCall
        _machines.Blocked++;
        _lock.Exit();
    }

    /// <summary>A managed wait begins inside a declared call: there is nothing to give up, but mail to be had.</summary>
    internal void BeginWaitInCall(Machine machine, Hosting hosting)
    {
        machine.EnterScheduler();
        SetHosting(machine, hosting);
    }

    /// <summary>That wait is over. Mail given in the last moment is given back.</summary>
    internal void EndWaitInCall(Machine machine, Goroutine goroutine)
    {
        _lock.Enter();
        machine.Hosting = Hosting.Deaf;
        bool wasGiven = machine.NextProcessor is not null;
        _lock.Exit();
        if (!wasGiven)
        {
            machine.ExitScheduler();
            return;
        }

        StepIn(machine, goroutine);
        StepOut(machine, goroutine);
    }

    /// <summary>From code of the goroutine to code of a declared call.</summary>
    internal void StepOut(Machine machine, Goroutine goroutine)
    {
        BeginBlocking(machine, goroutine, HandOffCause.Explicit, Hosting.Deaf);
        machine.OutOnCall = goroutine;
        machine.Current = null;
        machine.ExitScheduler();
    }

    /// <summary>From code of a declared call to code of the goroutine.</summary>
    internal void StepIn(Machine machine, Goroutine goroutine)
    {
        machine.EnterScheduler();
        machine.Current = goroutine;
        machine.OutOnCall = null;
        EndBlocking(machine, goroutine);
    }

    /// <summary>
    /// Runs mail that the machine was given in the middle of a wait. The goroutine counts as blocked all the same, as if another machine
    /// ran it: it cannot be locked to a thread here.
    /// </summary>
    internal void RunMailInside(Machine machine, Goroutine goroutine)
    {
        _lock.Enter();
        goroutine.ChangeBlockedDepth(1 + machine.CallDepth);
        _lock.Exit();
        OwnMail.Run(machine, goroutine);
        _lock.Enter();
        goroutine.ChangeBlockedDepth(-1 - machine.CallDepth);
        _lock.Exit();
    }

    /// <summary>
    /// Gives the processor up for a call that may block, and keeps the run right: nothing of the goroutine runs meanwhile. For goroutines
    /// that nobody but the calling machine could run. The code inside may use every operation; the first that needs a processor takes one
    /// back.
    /// </summary>
    internal void BeginCall(Machine machine, Goroutine goroutine, HandOffCause cause)
    {
        HandOn(BeginBlocked(machine, goroutine, WaitReason.Blocking, hosting: null), cause);
        machine.CallDepth++;
        machine.ExitScheduler();
    }

    internal void EndCall(Machine machine, Goroutine goroutine)
    {
        if (!machine.EnterScheduler() && !StillOwns(machine))
            AcquireForRunning(machine, goroutine);
        machine.CallDepth--;
        EndBlocked(goroutine, host: null);
        machine.ExitScheduler();
    }
}
