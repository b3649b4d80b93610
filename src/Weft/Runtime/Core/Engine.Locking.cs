using Weft.Runtime.Running;

namespace Weft.Runtime.Core;

/// <content>Goroutines locked to their thread.</content>
internal sealed partial class Engine
{
    /// <summary>Locks the calling goroutine to the calling machine, or counts one more lock.</summary>
    internal static void LockThread(Machine machine, Goroutine goroutine, bool keepThread)
    {
        GoroutineExtra extra = goroutine.Extra;
        if (extra.LockCount == 0)
        {
            machine.Engine.RequireThreads();
            CheckLockable(machine, goroutine);
        }

        extra.KeepThread |= keepThread;
        if (extra.LockCount++ > 0)
            return;
        extra.MailSignal ??= new MailSignal();
        goroutine.LockedMachine = machine;
        machine.Locked = goroutine;
    }

    /// <summary>A goroutine with frames on the stacks of two machines cannot be locked to either.</summary>
    /// <exception cref="InvalidOperationException">It has.</exception>
    internal static void CheckLockable(Machine machine, Goroutine goroutine)
    {
        if (!goroutine.IsBlockedElsewhere(machine))
            return;
        throw new InvalidOperationException(
            "The goroutine blocks on another thread, waiting for this continuation of it perhaps; it can be locked to one thread only.");
    }

    /// <summary>Undoes one lock; nothing happens without any.</summary>
    internal static void UnlockThread(Goroutine goroutine)
    {
        if (goroutine.ExtraOrNull is not { LockCount: > 0 } extra || --extra.LockCount > 0)
            return;
        extra.LockedTo!.Locked = null;
        goroutine.LockedMachine = null;
        extra.KeepThread = false;
    }

    internal override void Register(Goroutine goroutine) => Registry.Add(goroutine);

    /// <summary>
    /// A goroutine has ended, on whatever machine ran its last item. If it is locked, that machine is its own, and the thread goes with it.
    /// </summary>
    internal override void OnEnded(Goroutine goroutine)
    {
        if (Machine.Calling is Machine machine && machine.Engine == this && ReferenceEquals(machine.Current, goroutine))
        {
            if (machine.EnterScheduler() || StillOwns(machine))
                machine.Processor!.GoroutinesEnded++;
            else
                Interlocked.Increment(ref _endedOutside);
            if (machine.Locked == goroutine)
                machine.Tainted = true;
            machine.ExitScheduler();
        }
        else
        {
            Interlocked.Increment(ref _endedOutside);
        }

        if (goroutine.IsRegistered)
            Registry.Remove(goroutine);
    }

    private static bool KeepsThread(Machine machine) => machine.Locked?.ExtraOrNull is { KeepThread: true };

    /// <summary>
    /// The thread of a goroutine that ended locked and asked for it to be kept: does nothing until the scheduler is disposed.
    /// </summary>
    private void KeepUntilStopped(Machine machine)
    {
        while (machine.Order != MachineOrder.Leave && WaitForLockedGoroutine(machine) is not null)
        {
            // Continuations posted to the ended goroutine belong on no other thread than this.
            FinishPark(machine, Execute(machine, machine.Locked!, out bool hasEnded), hasEnded);
        }
    }

    private long _endedOutside;
}
