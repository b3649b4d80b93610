using System.Runtime.CompilerServices;
using Weft.Runtime.Running;

namespace Weft.Runtime.Core;

/// <content>Running a goroutine that was taken from a queue, and parking it afterwards.</content>
internal sealed partial class Engine
{
    /// <summary>
    /// How often a machine looks at the clock, in goroutines run. A power of two. What a dump says of the time a goroutine has waited may
    /// be too much by the time that this many others took.
    /// </summary>
    internal const int ClockInterval = 16;

    /// <summary>
    /// Runs a goroutine that the machine took from a queue, and finds the next one to run; null when the machine is to leave.
    /// </summary>
    /// <remarks>
    /// Not in line in the loop: that is compiled while it runs for the first time, before the compiler knows which way is taken. This
    /// method is compiled once more when it does.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Goroutine? ExecuteAndFindNext(Machine machine, Goroutine goroutine)
    {
        Goroutine? parked = Execute(machine, goroutine, out bool hasEnded);
        if (!machine.Tainted)
            return FindNext(machine, parked, hasEnded);
        FinishPark(machine, parked, hasEnded);
        if (KeepsThread(machine))
            KeepUntilStopped(machine);
        return null;
    }

    /// <summary>
    /// Runs a goroutine that the machine took from a queue, for as long as <see cref="Goroutine.RunMailbox"/> does; or gives it, with the
    /// processor, to the machine it belongs to.
    /// </summary>
    /// <param name="machine">The calling machine.</param>
    /// <param name="goroutine">The goroutine.</param>
    /// <param name="hasEnded">It has ended.</param>
    /// <returns>The goroutine if it was parked, so that <see cref="Goroutine.FinishPark"/> is to follow; otherwise null.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Goroutine? Execute(Machine machine, Goroutine goroutine, out bool hasEnded)
    {
        hasEnded = false;
        Processor? processor = machine.Processor; // null: see RunWithoutProcessor, which hands out none that belong to other machines
        if ((goroutine.PendingComeback is not null || goroutine.LockedMachine is not null)
            && !IsForThisMachine(machine, processor, goroutine))
            return null;

        AssertMayRun(machine, goroutine);
        goroutine.MarkRunning();
        goroutine.NoteRunner(machine);
        machine.Current = goroutine;
        machine.Budget = Machine.OperationBudget;
        if (processor is null || processor.Tick++ % ClockInterval == 0)
            LookAtClock(machine);

        SynchronizationContext.SetSynchronizationContext(goroutine);
        machine.ExitScheduler();
        goroutine.RunMailbox(machine);
        if (!machine.EnterScheduler())
        {
            StillOwns(machine);
            machine.IsAhead = false;
        }

        machine.Current = null;
        machine.ResetThread();
        hasEnded = goroutine.HasEnded;
        if (goroutine.TryPark())
            return goroutine;
        if (hasEnded)
            goroutine.CompleteEnded();
        Requeue(machine, goroutine);
        return null;
    }

    /// <summary>
    /// Whether the calling machine is to run a goroutine that has a machine of its own. Otherwise that one was given it, with the
    /// processor; or the goroutine never goes on.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsForThisMachine(Machine machine, Processor? processor, Goroutine goroutine)
    {
        if (goroutine.PendingComeback is ComebackItem back)
        {
            machine.Processor = null;
            TryHandTo(HandRunRight(goroutine, back), processor!, null);
            return false;
        }

        Machine locked = goroutine.LockedMachine!;
        if (locked == machine)
            return true;
        if (TryHandTo(locked, processor!, goroutine))
        {
            machine.Processor = null;
            return false;
        }

        if (goroutine.HasEnded)
            return true;

        // The engine is being stopped and its machine has left: it never goes on, least of all elsewhere.
        if (!goroutine.IsRegistered)
            Registry.Add(goroutine);
        return false;
    }

    /// <summary>What a machine does every so often only, between two goroutines.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LookAtClock(Machine machine)
    {
        machine.CoarseTime = unchecked((int)Environment.TickCount64);
        machine.KeepPlaces();
        machine.ResetThreadWholly();
    }

    /// <summary>
    /// The goroutine to run after the one that was parked. Taking one out of the ring is the fence that parking wants; one of its own is
    /// executed only if the next comes from elsewhere, or if something seems to wait for the end of the parked one: to tell it may take
    /// long, and what has been taken out is out of the thieves' reach.
    /// </summary>
    /// <remarks>
    /// The run-next slot is emptied only after the parked goroutine was looked at again, by <see cref="Goroutine.FinishPark"/>: thieves can
    /// still take from it in the meantime. Whether the processor's own queue comes next was asked before that. What may have changed since
    /// (a stop, fewer processors, a turn of the global queue) then counts from the next turn on, as for what comes out of the ring.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Goroutine? FindNext(Machine machine, Goroutine? parked, bool hasEnded)
    {
        if (parked is null)
            return FindRunnable(machine);
        Processor? processor = hasEnded && parked.ExtraOrNull is not null ? null : ProcessorOfOwnTurn(machine);
        Goroutine? next = processor is null || processor.RunNextComesFirst ? null : processor.DequeueFromRing();
        if (next is null)
            Interlocked.MemoryBarrier();
        if (parked.FinishPark(hasEnded))
            Requeue(machine, parked);
        else if (next is null && processor is not null)
            next = processor.DequeueRunNext();
        return next ?? FindRunnable(machine);
    }

    /// <summary>The same if nothing is to be run afterwards, or not at once.</summary>
    private void FinishPark(Machine machine, Goroutine? parked, bool hasEnded)
    {
        if (parked is null)
            return;
        Interlocked.MemoryBarrier();
        if (parked.FinishPark(hasEnded))
            Requeue(machine, parked);
    }

    /// <summary>Puts a goroutine that has run, and has more to run, behind the others.</summary>
    private void Requeue(Machine machine, Goroutine goroutine)
    {
        if (machine.Processor is not Processor processor)
            PutGlobal(goroutine);
        else if (_global.Count == 0)
            PutTail(processor, goroutine);
        else
            PutBehindAll(goroutine);
    }
}
