using System.Diagnostics;

namespace Weft.Runtime.Core;

/// <content>
/// What must hold whenever the engine's lock is free. Debug builds look at it each time a machine or a processor has changed its state, so
/// that a race that breaks it ends the process there and not a second later, somewhere else.
/// </content>
internal sealed partial class Engine
{
    /// <summary>With more machines than this the look at each is left out most times: a burst of thousands would cost its square.</summary>
    private const int MachinesAlwaysChecked = 32;

    /// <summary>
    /// Of the looks left out, one in so many is done after all. A prime, so that it does not fall into step with a burst.
    /// </summary>
    private const int CheckInterval = 97;

    /// <summary>
    /// In nanoseconds, how long a goroutine may wait in a queue while a processor is idle and nobody is on the way to it. Between
    /// publishing the one and waking the other a thread may lose its CPU, for a good part of a second on a busy machine; never for this
    /// long.
    /// </summary>
    internal const long ForgottenBound = 5_000_000_000;

    private int _checksLeftOut;

    // The monitor's own: since when work has looked forgotten, and how many goroutines had been run then.
    private long _forgottenSince;
    private long _forgottenTicks = -1;

    /// <summary>Debug builds only: ends the process if something is broken. The lock is held.</summary>
    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        _lock.AssertHeld();
        bool all = _machineCount <= MachinesAlwaysChecked || ++_checksLeftOut % CheckInterval == 0;
        string? broken = FindBrokenProcessor() ?? FindBrokenCount() ?? (all ? FindBrokenMachine() : null);
        Debug.Assert(broken is null, broken);
    }

    /// <summary>What does not hold, in words; null when all is well. The lock is not held.</summary>
    internal string? FindBrokenInvariant()
    {
        _lock.Enter();
        string? broken = FindBrokenProcessor() ?? FindBrokenCount() ?? FindBrokenMachine();
        _lock.Exit();
        return broken;
    }

    /// <summary>A processor is idle, owned by one machine, in somebody's hands, or retired; and only one of them.</summary>
    private string? FindBrokenProcessor()
    {
        int listed = 0;
        for (Processor? idle = _idleProcessors; idle is not null; idle = idle.IdleNext)
        {
            listed++;
            if (!idle.IsIdle)
                return $"Processor {idle.Id} is on the idle list and not marked so.";
        }

        int marked = 0;
        Processor[] processors = _processors;
        for (int i = 0; i < processors.Length; i++)
        {
            Processor processor = processors[i];
            Machine? owner = processor.Owner;
            marked += processor.IsIdle ? 1 : 0;
            if (processor.IsIdle && (owner is not null || processor.InTransit))
                return $"Processor {processor.Id} is idle and has an owner or is in transit.";
            if (owner is not null && processor.InTransit)
                return $"Processor {processor.Id} has an owner and is in transit.";
            if (owner is null && !processor.IsIdle && !processor.InTransit && processor.Id < _maxProcs)
                return $"Processor {processor.Id} is lost: no owner, not idle, not in transit.";
            if (owner is null)
                continue;
            if (owner.IsGone)
                return $"Machine {owner.Id} is gone and owns processor {processor.Id}.";
            if (owner.IsIdle)
                return $"Machine {owner.Id} is idle and owns processor {processor.Id}.";

            // What is posted to a goroutine that has ended locked may have a second one delivered; see ExitMachine.
            for (int j = 0; j < i; j++)
            {
                if (processors[j].Owner == owner && owner.Locked is null && !owner.Tainted)
                    return $"Machine {owner.Id} owns processors {processors[j].Id} and {processor.Id}.";
            }
        }

        return listed == _idleProcessorCount && marked == listed
            ? null
            : $"{listed} processors are on the idle list, {marked} are marked so, and {_idleProcessorCount} are counted.";
    }

    private string? FindBrokenCount()
    {
        if (_blockedMachines < 0 || _machinesCreating < 0 || _machinesWaitingForGoroutine < 0 || Volatile.Read(ref _spinning) < 0)
        {
            return $"A count fell below zero: blocked {_blockedMachines}, being made {_machinesCreating}, "
                + $"waiting {_machinesWaitingForGoroutine}, looking for work {_spinning}.";
        }

        if (_threadsReserved - Host.Reaped > AllowedThreads.Threads)
            return $"{_threadsReserved - Host.Reaped} threads exist or are being made, and {AllowedThreads.Threads} may.";
        return IsStopped && _machineCount > 0 ? $"The engine has stopped with {_machineCount} machines." : null;
    }

    /// <summary>A machine is in one state, and each list has those that are marked as being on it.</summary>
    private string? FindBrokenMachine()
    {
        int all = 0, idle = 0, waiting = 0, computing = 0;
        for (Machine? machine = _allMachines; machine is not null; machine = machine.AllNext)
        {
            all++;
            idle += machine.IsIdle ? 1 : 0;
            waiting += machine.IsWaitingForGoroutine ? 1 : 0;
            computing += machine.TakenFor == HandOffCause.TimeSlice ? 1 : 0;
            if (machine.AllNext is Machine next && next.AllPrevious != machine)
                return $"The list of all machines is torn after machine {machine.Id}.";
            if (machine.IsGone)
                return $"Machine {machine.Id} is gone and still listed.";
            if (machine.IsIdle && (machine.Processor is not null || machine.NextProcessor is not null || machine.Locked is not null))
                return $"Machine {machine.Id} is idle and has a processor or a goroutine.";
            if (machine.IsIdle && machine.IsWaitingForGoroutine)
                return $"Machine {machine.Id} is idle and waits for its goroutine.";
        }

        int listed = 0;
        for (Machine? machine = _idleOldest; machine is not null; machine = machine.IdleNewer)
        {
            listed++;
            if (!machine.IsIdle || machine.IdleNewer is null != (machine == _idleNewest))
                return $"The list of idle machines is torn at machine {machine.Id}.";
            if (machine.IdleNewer is Machine newer && (newer.IdleOlder != machine || newer.IdleSince < machine.IdleSince))
                return $"Idle machines {machine.Id} and {newer.Id} are out of order.";
        }

        if (computing != _computingExtra)
            return $"{computing} machines compute without a processor, and {_computingExtra} are counted.";
        if (all != _machineCount || waiting != _machinesWaitingForGoroutine)
        {
            return $"{all} machines are listed, {waiting} of them waiting, "
                + $"and {_machineCount} and {_machinesWaitingForGoroutine} are counted.";
        }

        return listed == _idleMachineCount && idle == listed
            ? null
            : $"{listed} machines are on the idle list, {idle} are marked so, and {_idleMachineCount} are counted.";
    }

    /// <summary>Debug builds only: a machine that retires owns no processor and is on no list. The lock is held.</summary>
    [Conditional("DEBUG")]
    private void AssertOwnsNothing(Machine machine)
    {
        Debug.Assert(
            machine is { Processor: null, NextProcessor: null, NextGoroutine: null, IsIdle: false },
            "A machine that retires has work.");
        Debug.Assert(machine is { AllNext: null, AllPrevious: null } && _allMachines != machine, "A machine that retires is listed.");
        foreach (Processor processor in _processors)
            Debug.Assert(processor.Owner != machine, "A machine that retires owns a processor.");
    }

    /// <summary>Debug builds only: who runs a goroutine may, and a tainted machine runs nothing but what belongs to it.</summary>
    [Conditional("DEBUG")]
    private static void AssertMayRun(Machine machine, Goroutine goroutine)
    {
        Debug.Assert(machine.Locked is null || machine.Locked == goroutine, "A locked machine runs another goroutine.");
        Debug.Assert(!machine.Tainted || machine.Locked == goroutine, "A tainted machine runs a goroutine.");
        Debug.Assert(!machine.IsIdle && !machine.IsGone, "An idle machine, or one on its way out, runs a goroutine.");
    }

    /// <summary>
    /// Debug builds only, called by the monitor: work in a queue, an idle processor and nobody on the way from the one to the other is a
    /// wake-up that was lost, if it stays like that.
    /// </summary>
    [Conditional("DEBUG")]
    internal void AssertNothingForgotten(long now)
    {
        bool looksForgotten = IdleProcessorCount > 0 && Volatile.Read(ref _spinning) == 0 && !_stopRequested && !_shortage && AnyWork();
        long ticks = 0;
        _lock.Enter();
        looksForgotten &= _machinesCreating == 0 && _creationRequests.Count == 0;
        foreach (Processor processor in _processors)
        {
            ticks += processor.Tick;
            looksForgotten &= !processor.InTransit;
        }

        _lock.Exit();
        if (!looksForgotten || ticks != _forgottenTicks)
            (_forgottenTicks, _forgottenSince) = (looksForgotten ? ticks : -1, now);
        Debug.Assert(!looksForgotten || now - _forgottenSince < ForgottenBound, "A goroutine waits in a queue while a processor is idle.");
    }
}
