using Weft.Runtime.Host;

namespace Weft.Runtime.Core;

/// <content>A machine that has nothing to run: gives its processor up, looks once more, and waits.</content>
internal sealed partial class Engine
{
    /// <summary>
    /// Makes the machine's processor idle, then looks at everything again, as the class comment argues. Afterwards the machine has a
    /// processor only if there is something to look for.
    /// </summary>
    private void GoIdle(Machine machine, Processor processor)
    {
        _lock.Enter();
        if (_global.Count > 0 || processor.Id >= _processors.InForce)
        {
            _lock.Exit();
            return;
        }

        machine.Processor = null;
        PushIdle(processor);
        AssertInvariants();
        _lock.Exit();
        FaultPoints.Hit("processor.idle");
        StopSearching(machine);
        FaultPoints.Hit("spinning.lowered");
        if (!AnyWork())
            return;
        _lock.Enter();
        Processor? again = _processors.PopIdle();
        if (again is not null)
            Own(machine, again);
        _lock.Exit();
        if (again is null)
        {
            _monitor.EnsureWatching();
            return;
        }

        StartSearching(machine);
    }

    private void MakeIdleAsExcess(Machine machine, Processor processor)
    {
        _lock.Enter();
        machine.Processor = null;
        PushIdle(processor);
        _lock.Exit();
        StopSearching(machine);
        Wake();
    }

    /// <summary>
    /// A machine without a processor and without a goroutine takes an idle processor if work was left for want of machines; otherwise it
    /// is idle itself until a processor is handed over. False: leave.
    /// </summary>
    private bool AcquireOrIdle(Machine machine)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        _lock.Enter();
        if (MachinesLeave)
        {
            _lock.Exit();
            return false;
        }

        if ((_global.Count > 0 || (_factory.HasShortage && _processors.AnyQueued())) && _processors.PopIdle() is Processor processor)
        {
            Own(machine, processor);
            _lock.Exit();
            return true;
        }

        _machines.AddIdle(machine, MonotonicClock.Now);
        long retireAt = _factory.HasTooMany(MonotonicClock.Now) ? 0 : _machines.OldestIdle!.IdleSince + IdleTimeout(_machines.IdleCount);
        AssertInvariants();
        ExitLockAndTellOfRest();
        _monitor.NoteIdleMachine(retireAt);
        FaultPoints.Hit("machine.parking");
        Doze(machine);
        machine.ParkForOrder();
        if (machine.Order == MachineOrder.Leave)
            return false;
        machine.AcceptProcessor();
        return true;
    }

    /// <summary>
    /// An idle machine dozes until it has an order, or until processors are not handed on so often any more (<see cref="HandOffPace"/>).
    /// </summary>
    private void Doze(Machine machine)
    {
        // With a single CPU, the thread that hands off is on it, and it is awake.
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
        if (machine.Processor is not null)
        {
            _lock.Enter();
            Processor processor = Disown(machine);
            _lock.Exit();
            HandOff(processor);
        }

        _lock.Enter();
        if (MachinesLeave && machine.NextProcessor is null)
        {
            _lock.Exit();
            return null;
        }

        machine.IsWaitingForGoroutine = true;
        _machines.WaitingForGoroutine++;
        ExitLockAndTellOfRest();
        machine.ParkForOrder();
        _lock.Enter();
        machine.IsWaitingForGoroutine = false;
        _machines.WaitingForGoroutine--;

        // With the lock: until this machine is gone, a thread that has its goroutine in its hands may still hand it a processor,
        // even after the order to leave.
        bool leaves = machine.Order == MachineOrder.Leave && machine.NextProcessor is null;
        _lock.Exit();
        if (leaves)
            return null;
        machine.AcceptProcessor();
        return machine.AcceptGoroutine();
    }
}
