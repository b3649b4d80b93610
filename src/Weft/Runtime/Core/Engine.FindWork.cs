using System.Diagnostics;
using System.Runtime.CompilerServices;
using Weft.Runtime.Host;
using Weft.Runtime.Running;
using Weft.Runtime.Timers;

namespace Weft.Runtime.Core;

/// <content>The machine's loop: find a goroutine, run it, look again.</content>
internal sealed partial class Engine
{
    /// <summary>
    /// Every so many goroutines the global queue is looked at first, or two goroutines that wake each other could keep it waiting for ever.
    /// A prime, so that it does not fall into step with anything.
    /// </summary>
    private const int GlobalQueueInterval = 61;

    /// <summary>
    /// The same while woken goroutines wait there: they have waited for something already, and are soon done more often than not.
    /// </summary>
    private const int WokenInterval = 8;

    /// <summary>
    /// How often a machine looks at the clock, in goroutines run. A power of two. What a dump says of the time a goroutine has waited may
    /// be too much by the time that so many others took.
    /// </summary>
    internal const int ClockInterval = 16;

    /// <summary>Rounds over all victims before a machine gives up; the run-next slots are robbed in the last only.</summary>
    private const int StealRounds = 4;

    /// <summary>The whole life of a machine, on its own thread.</summary>
    internal void RunMachine(Machine machine)
    {
        if (!Platform.CreatesThreads)
        {
            Pump(machine);
            return;
        }

        Goroutine? next = null;
        if (machine.Locked is null)
        {
            machine.TakeDelivery();
            next = machine.TakeNextGoroutine();
        }

        MonitorWaits.Learn();
        next ??= FindRunnable(machine);
        while (next is not null)
        {
            Goroutine? parked = Execute(machine, next, out bool hasEnded);
            if (machine.Tainted)
            {
                FinishPark(machine, parked, hasEnded);
                if (KeepsThread(machine))
                    KeepUntilStopped(machine);
                break;
            }

            next = FindNext(machine, parked, hasEnded);
        }

        ExitMachine(machine);
    }

    /// <summary>
    /// Runs a goroutine that the machine took from a queue, for as long as <see cref="Goroutine.RunMailbox"/> does; or gives it, with the
    /// processor, to the machine it belongs to.
    /// </summary>
    /// <param name="machine">The calling machine.</param>
    /// <param name="goroutine">The goroutine.</param>
    /// <param name="hasEnded">It has ended.</param>
    /// <returns>The goroutine if it was parked, so that <see cref="Goroutine.FinishPark"/> is to follow; otherwise null.</returns>
    private Goroutine? Execute(Machine machine, Goroutine goroutine, out bool hasEnded)
    {
        hasEnded = false;
        Processor? processor = machine.Processor; // null: see RunWithoutProcessor, which hands out none that belong to other machines
        if (goroutine.PendingReturn is ReturnItem back)
        {
            goroutine.RemovePendingReturn();
            goroutine.TakeRunRight();
            goroutine.NoteRunner(back.Runner);
            machine.Processor = null;
            TryDeliver((Machine)back.Runner, processor!, null);
            return null;
        }

        if (goroutine.LockedMachine is Machine locked && locked != machine)
        {
            if (TryDeliver(locked, processor!, goroutine))
            {
                machine.Processor = null;
                return null;
            }

            if (!goroutine.HasEnded)
            {
                // The engine is being stopped and its machine has left: it never goes on, least of all elsewhere.
                if (!goroutine.IsRegistered)
                    Registry.Add(goroutine);
                return null;
            }
        }

        AssertMayRun(machine, goroutine);
        goroutine.TakeRunRight();
        goroutine.NoteRunner(machine);
        machine.Current = goroutine;
        machine.Budget = Machine.OperationBudget;
        if (processor is null || processor.Tick++ % ClockInterval == 0)
        {
            machine.CoarseTime = unchecked((int)Environment.TickCount64);
            machine.KeepPlaces();
            machine.ResetThreadWholly();
        }

        SynchronizationContext.SetSynchronizationContext(goroutine);
        machine.Leave();
        goroutine.RunMailbox(machine);
        if (!machine.Enter())
            StillOwns(machine);
        machine.Current = null;
        machine.ResetThread();
        hasEnded = goroutine.HasEnded;
        if (goroutine.TryPark())
            return goroutine;
        if (hasEnded)
            goroutine.SettleEnded();
        Requeue(machine, goroutine);
        return null;
    }

    /// <summary>
    /// The goroutine to run after the one that was parked. Taking one out of the ring is the fence that parking wants; one of its own is
    /// executed only if the next comes from elsewhere, or if somebody seems to wait for the end of the parked one: to tell him may take
    /// long, and what has been taken out is out of the thieves' reach.
    /// </summary>
    private Goroutine? FindNext(Machine machine, Goroutine? parked, bool hasEnded)
    {
        if (parked is null)
            return FindRunnable(machine);
        Goroutine? next = hasEnded && parked.ExtraOrNull is not null ? null : FindInRing(machine);
        if (next is null)
            Interlocked.MemoryBarrier();
        if (parked.FinishPark(hasEnded))
            Requeue(machine, parked);
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

    /// <summary>
    /// The next goroutine to run, with the machine owning a processor; null when the machine is to exit. Called without locks; waits as
    /// long as there is nothing to do.
    /// </summary>
    private Goroutine? FindRunnable(Machine machine)
    {
        while (true)
        {
            if (machine.Locked is not null)
                return WaitForLockedGoroutine(machine);
            if (machine.Processor is not Processor processor)
            {
                if (!AcquireOrIdle(machine))
                    return null;
                if (machine.TakeNextGoroutine() is Goroutine given)
                    return given;
                continue;
            }

            if (_stopRequested && MayQuit())
                return null;
            if (processor.Id >= MaxProcs)
            {
                GiveUpExcess(machine, processor);
                continue;
            }

            if (_budget.HasLimit && TryShed(machine, processor))
                return null;
            if ((FindHere(machine, processor) ?? Steal(machine, processor)) is Goroutine found)
            {
                FoundWork(machine);
                return found;
            }

            GoIdle(machine, processor);
        }
    }

    /// <summary>
    /// The next goroutine in the processor's ring, taken out by an interlocked instruction; null if anything else comes first.
    /// </summary>
    private Goroutine? FindInRing(Machine machine)
    {
        if (machine.Processor is not Processor processor || machine.Locked is not null)
            return null;
        if (_stopRequested || processor.Id >= MaxProcs || IsTurnOfOthers(machine, processor))
            return null;
        Debug.Assert(!machine.Spinning, "A machine that has run a goroutine counts as looking for one.");
        return processor.DequeueFromRing();
    }

    /// <summary>Whether the timers and the global queue come before the processor's own queue.</summary>
    /// <remarks>
    /// A processor that was handed on may have been so for every goroutine it ran: counting those would keep the global queue waiting. The
    /// other way round, goroutines that block each other in turn keep the global queue filled and have the processor handed on each time:
    /// its own queue has every eighth of these turns (<see cref="Processor.IsTurnOfOwnQueue"/>), or what a goroutine starts would wait
    /// behind them.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsTurnOfOthers(Machine machine, Processor processor) =>
        machine.HasNewProcessor
        || processor.Tick % GlobalQueueInterval == 0
        || (_global.WokenCount > 0 && processor.Tick % WokenInterval == 0);

    /// <summary>The timers, the processor's own queue, the global queue.</summary>
    private Goroutine? FindHere(Machine machine, Processor processor)
    {
        if (IsTurnOfOthers(machine, processor))
        {
            bool wasHandedOn = machine.HasNewProcessor;
            machine.HasNewProcessor = false;
            FireTimers(processor);
            if (wasHandedOn && processor.IsTurnOfOwnQueue() && processor.Dequeue() is Goroutine own)
                return own;
            if (TakeGlobal(processor, 1) is Goroutine fromGlobal)
                return fromGlobal;
        }

        if (processor.Dequeue() is Goroutine local)
            return local;
        if (TakeGlobal(processor, int.MaxValue) is Goroutine shared)
            return shared;
        return FireTimers(processor) ? processor.Dequeue() : null;
    }

    /// <summary>
    /// Fires what is due at a processor; the goroutines go to the calling machine's own processor. True when something was.
    /// </summary>
    private static bool FireTimers(Processor processor) =>
        processor.Timers.NextDue != TimerHeap.Never && processor.Timers.FireDue(MonotonicClock.Now) > 0;

    private Goroutine? Steal(Machine machine, Processor processor)
    {
        if (!machine.Spinning)
        {
            // More searchers than half the busy processors only get into each other's way.
            if (2 * Volatile.Read(ref _spinning) >= MaxProcs - IdleProcessorCount)
                return null;
            machine.Spinning = true;
            Interlocked.Increment(ref _spinning);
        }

        Processor[] victims = Processors;
        if (victims.Length == 1)
            return null;
        int looks = Processor.LooksAtRings;
        for (int round = 0; round < StealRounds; round++)
        {
            uint start = processor.NextRandom() % (uint)victims.Length;
            for (int i = 0; i < victims.Length; i++)
            {
                Processor victim = victims[(start + i) % victims.Length];
                if (victim == processor)
                    continue;
                victim.AwaitFastOwner(ref looks);
                Goroutine? found = processor.Queue.StealFrom(victim.Queue) ?? (round == StealRounds - 1 ? victim.StealRunNext() : null);
                if (found is Goroutine stolen)
                {
                    processor.Steals++;
                    return stolen;
                }

                if (round == StealRounds - 1 && FireTimers(victim) && processor.Dequeue() is Goroutine timed)
                    return timed;
            }
        }

        return null;
    }

    /// <summary>A machine that was looking for work has found some: there may be more, so the next is woken to look.</summary>
    private void FoundWork(Machine machine)
    {
        if (!machine.Spinning)
            return;
        machine.Spinning = false;
        Interlocked.Decrement(ref _spinning);
        Wake();
    }

    /// <summary>
    /// Makes the machine's processor idle, then looks at everything again, as the class comment argues. Afterwards the machine has a
    /// processor only if there is something to look for.
    /// </summary>
    private void GoIdle(Machine machine, Processor processor)
    {
        _lock.Enter();
        if (_global.Count > 0 || processor.Id >= _maxProcs)
        {
            _lock.Exit();
            return;
        }

        machine.Processor = null;
        PushIdle(processor);
        AssertInvariants();
        _lock.Exit();
        FaultPoints.Hit("processor.idle");
        if (machine.Spinning)
        {
            machine.Spinning = false;
            Interlocked.Decrement(ref _spinning);
        }

        FaultPoints.Hit("spinning.lowered");
        if (!AnyWork())
            return;
        _lock.Enter();
        Processor? again = PopIdle();
        if (again is not null)
            Own(machine, again);
        _lock.Exit();
        if (again is null)
        {
            _monitor.EnsureWatching();
            return;
        }

        machine.Spinning = true;
        Interlocked.Increment(ref _spinning);
    }

    private void GiveUpExcess(Machine machine, Processor processor)
    {
        _lock.Enter();
        machine.Processor = null;
        PushIdle(processor);
        _lock.Exit();
        if (machine.Spinning)
        {
            machine.Spinning = false;
            Interlocked.Decrement(ref _spinning);
        }

        Wake();
    }

    /// <summary>
    /// A machine without a processor and without a goroutine takes an idle processor if work was left for want of machines; otherwise it
    /// is idle itself until somebody delivers a processor. False: exit.
    /// </summary>
    private bool AcquireOrIdle(Machine machine)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        _lock.Enter();
        if (_stopRequested && MayQuit())
        {
            _lock.Exit();
            return false;
        }

        if ((_global.Count > 0 || (_shortage && AnyQueued())) && PopIdle() is Processor processor)
        {
            Own(machine, processor);
            _lock.Exit();
            return true;
        }

        PushIdle(machine);
        bool all = AllMachinesRest;
        long retireAt = HasTooManyThreads(MonotonicClock.Now) ? 0 : _idleOldest!.IdleSince + IdleTimeout(_idleMachineCount);
        AssertInvariants();
        _lock.Exit();
        _monitor.NoteIdleMachine(retireAt);
        if (all)
            NoteAllRest();
        FaultPoints.Hit("machine.parking");
        Doze(machine);
        machine.ParkForOrder();
        if (machine.Order == MachineOrder.Exit)
            return false;
        machine.TakeDelivery();
        return true;
    }

    /// <summary>
    /// An idle machine dozes until it has an order, or until processors are not handed on so often any more (<see cref="HandOffPace"/>).
    /// </summary>
    private void Doze(Machine machine)
    {
        // With a single CPU, whoever hands off is on it, and it is awake.
        if (Environment.ProcessorCount == 1 || !Platform.CanWakeNaps || !_handOffPace.TryBeginDoze(MonotonicClock.Now))
            return;
        while (!machine.HasOrder && _handOffPace.IsClose(MonotonicClock.Now))
        {
            FaultPoints.Hit("machine.dozing");
            machine.Nap(HandOffPace.Nap);
        }

        _handOffPace.EndDoze();
    }

    /// <summary>
    /// A machine whose goroutine is locked to it hands its processor on and waits until it is given the goroutine and a processor.
    /// </summary>
    private Goroutine? WaitForLockedGoroutine(Machine machine)
    {
        if (machine.Processor is Processor processor)
        {
            _lock.Enter();
            machine.Processor = null;
            processor.Owner = null;
            processor.InTransit = true;
            _lock.Exit();
            HandOff(processor);
        }

        _lock.Enter();
        if (_stopRequested && MayQuit() && machine.NextProcessor is null)
        {
            _lock.Exit();
            return null;
        }

        machine.IsWaitingForGoroutine = true;
        _machinesWaitingForGoroutine++;
        bool all = AllMachinesRest;
        _lock.Exit();
        if (all)
            NoteAllRest();
        machine.ParkForOrder();
        _lock.Enter();
        machine.IsWaitingForGoroutine = false;
        _machinesWaitingForGoroutine--;

        // With the lock: until this machine is gone, somebody who holds its goroutine may still deliver, even after the order to exit.
        bool exits = machine.Order == MachineOrder.Exit && machine.NextProcessor is null;
        _lock.Exit();
        if (exits)
            return null;
        machine.TakeDelivery();
        return machine.TakeNextGoroutine();
    }

    /// <summary>The lock is held; the processor is in the caller's hands.</summary>
    private static void Own(Machine machine, Processor processor)
    {
        processor.InTransit = false;
        processor.Owner = machine;
        machine.Processor = processor;
        machine.CoarseTime = unchecked((int)Environment.TickCount64);
    }

    /// <summary>
    /// Gives a processor that the caller has to a parked machine, with the goroutine it waits for, if any, and wakes it. False when the
    /// machine is on its way out: its goroutine has ended locked, and what is still posted to it runs anywhere.
    /// </summary>
    private bool TryDeliver(Machine machine, Processor processor, Goroutine? goroutine)
    {
        _lock.Enter();
        if (machine.IsGone)
        {
            _lock.Exit();
            return false;
        }

        DeliverLocked(machine, processor, goroutine);
        AssertInvariants();
        _lock.Exit();
        machine.Unpark();
        return true;
    }

    /// <summary>The lock is held; the processor is in the caller's hands, or stands for none (<see cref="RunWithoutProcessor"/>).</summary>
    private static void DeliverLocked(Machine machine, Processor processor, Goroutine? goroutine)
    {
        if (!processor.IsNone)
        {
            processor.InTransit = false;
            processor.Owner = machine;
        }

        machine.NextGoroutine = goroutine;
        machine.Order = MachineOrder.Run;
        machine.NextProcessor = processor;
    }
}
