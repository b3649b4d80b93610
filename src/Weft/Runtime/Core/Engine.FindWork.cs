using System.Diagnostics;
using System.Runtime.CompilerServices;
using Weft.Runtime.Host;
using Weft.Runtime.Timers;

namespace Weft.Runtime.Core;

/// <content>The machine's loop, and where it finds the next goroutine.</content>
internal sealed partial class Engine
{
    /// <summary>
    /// Once in this many goroutines the global queue is looked at first, or two goroutines that wake each other could keep it waiting for
    /// ever. A prime, so that it does not fall into step with anything.
    /// </summary>
    private const int GlobalQueueInterval = 61;

    /// <summary>
    /// The same while woken goroutines wait there: they have waited for something already, and are soon done more often than not.
    /// </summary>
    private const int WokenInterval = 8;

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
            machine.AcceptProcessor();
            next = machine.AcceptGoroutine();
        }

        MonitorWaits.Learn();
        next ??= FindRunnable(machine);
        while (next is not null)
            next = ExecuteAndFindNext(machine, next);
        LeaveForGood(machine);
    }

    /// <summary>
    /// The next goroutine to run, with the machine owning a processor; null when the machine is to leave. Called without locks; waits as
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
                if (machine.AcceptGoroutine() is Goroutine given)
                    return given;
                continue;
            }

            if (MachinesLeave)
                return null;
            if (processor.Id >= MaxProcs)
            {
                MakeIdleAsExcess(machine, processor);
                continue;
            }

            if (_factory.HasLimit && TryShed(machine, processor))
                return null;
            if ((FindHere(machine, processor) ?? Steal(machine, processor)) is Goroutine found)
            {
                FoundWork(machine);
                return found;
            }

            GoIdle(machine, processor);
        }
    }

    /// <summary>The processor of a machine that has run a goroutine, if its own queue comes next; null if anything else does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Processor? ProcessorOfOwnTurn(Machine machine)
    {
        if (machine.Processor is not Processor processor || machine.Locked is not null)
            return null;
        if (_stopRequested || processor.Id >= MaxProcs || IsTurnOfOthers(machine, processor))
            return null;
        Debug.Assert(!machine.Spinning, "A machine that has run a goroutine counts as looking for one.");
        return processor;
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
            if (DequeueGlobal(processor, 1) is Goroutine fromGlobal)
                return fromGlobal;
        }

        if (processor.Dequeue() is Goroutine local)
            return local;
        if (DequeueGlobal(processor, int.MaxValue) is Goroutine shared)
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
            StartSearching(machine);
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
                bool isLast = round == StealRounds - 1;
                if ((processor.Queue.StealFrom(victim.Queue) ?? (isLast ? victim.StealRunNext() : null)) is Goroutine stolen)
                {
                    processor.Steals++;
                    return stolen;
                }

                if (isLast && FireTimers(victim) && processor.Dequeue() is Goroutine timed)
                    return timed;
            }
        }

        return null;
    }

    /// <summary>A machine that was looking for work has found some: there may be more, so the next is woken to look.</summary>
    private void FoundWork(Machine machine)
    {
        if (StopSearching(machine))
            Wake();
    }

    /// <summary>The machine counts as looking for work from now on.</summary>
    private void StartSearching(Machine machine)
    {
        machine.Spinning = true;
        Interlocked.Increment(ref _spinning);
    }

    /// <summary>There is no machine for a processor that came with a machine already counted as looking for work.</summary>
    private void ForgetSearcher(bool isCounted)
    {
        if (isCounted)
            Interlocked.Decrement(ref _spinning);
    }

    /// <summary>It counts no more; a full fence if it did. False if it did not.</summary>
    private bool StopSearching(Machine machine)
    {
        if (!machine.Spinning)
            return false;
        machine.Spinning = false;
        Interlocked.Decrement(ref _spinning);
        return true;
    }
}
