using Weft.Runtime.Host;
using Weft.Runtime.Running;

namespace Weft.Runtime.Core;

/// <content>A machine that blocks with frames of its goroutine on the stack, and how it gets run right and processor again.</content>
internal sealed partial class Engine
{
    /// <summary>
    /// The calling machine's goroutine begins a managed wait or a declared call: what is posted to it from now on may run on another
    /// machine, and the processor goes on. Runs inside the runtime's wait: takes no managed lock.
    /// </summary>
    internal void BeginBlocking(Machine machine, Goroutine goroutine, HandOffCause cause, Hosting hosting)
    {
        WaitReason reason = cause == HandOffCause.Explicit ? WaitReason.Blocking : WaitReason.ManagedWait;
        if (cause == HandOffCause.Wait)
            machine.NoticedBlocks++;
        Processor? processor = BeginBlocked(machine, goroutine, reason, hosting);
        FaultPoints.Hit("blocking.began");
        if (goroutine.ReleaseRunRight())
        {
            if (processor is not null)
                PutNext(processor, goroutine);
            else
                PutGlobal(goroutine);
        }

        HandOn(processor, cause);
    }

    /// <summary>
    /// The calling machine, which runs the goroutine, counts as blocked from now on, and enters scheduler code. Others can give it mail
    /// only if <paramref name="hosting"/> is given: then it is one of the goroutine's hosts.
    /// </summary>
    /// <returns>Its processor, in the caller's hands; null if the machine has none any more.</returns>
    private Processor? BeginBlocked(Machine machine, Goroutine goroutine, WaitReason reason, Hosting? hosting)
    {
        bool owns = machine.EnterScheduler() || StillOwns(machine);
        GoroutineExtra? extra = hosting is null ? null : goroutine.Extra; // made before the lock is taken
        GoroutineExtra? rootExtra = hosting is null || !HasConcurrentFlows ? null : goroutine.Root.Extra;
        _lock.Enter();
        _machines.Blocked++;
        goroutine.ChangeBlockedDepth(1);
        goroutine.NoteBlocked(reason);
        if (extra is not null)
        {
            machine.Hosting = hosting!.Value;
            extra.AddHost(machine);
            if (HasConcurrentFlows)
                rootExtra!.AddFlowHost(machine);
        }

        Processor? processor = owns ? Disown(machine) : null;
        AssertInvariants();
        _lock.Exit();
        return processor;
    }

    /// <summary>The end of <see cref="BeginBlocked"/>.</summary>
    /// <param name="goroutine">The goroutine.</param>
    /// <param name="host">The machine, if it was one of the goroutine's hosts.</param>
    private void EndBlocked(Goroutine goroutine, Machine? host)
    {
        _lock.Enter();
        if (host is not null)
        {
            host.Hosting = Hosting.Deaf;
            goroutine.Extra.RemoveHost(host);
            if (HasConcurrentFlows)
                goroutine.Root.Extra.RemoveFlowHost(host);
        }

        goroutine.ChangeBlockedDepth(-1);
        ExitLockUnblocked();
    }

    /// <summary>A machine is not blocked any more. Leaves the lock; a stop may have waited for it.</summary>
    private void ExitLockUnblocked()
    {
        _machines.Blocked--;
        _lock.Exit();
        if (_stopRequested)
            OrderOutIfQuiet();
    }

    /// <summary>A waiting machine can be given mail from now on, or no longer.</summary>
    internal void SetHosting(Machine machine, Hosting hosting)
    {
        _lock.Enter();
        machine.Hosting = hosting;
        _lock.Exit();
        if (hosting != Hosting.Deaf && _global.MayHaveBound)
            Wake();
    }

    /// <summary>
    /// The wait or the call is over: the machine waits until it has the run right of its goroutine and a processor. A continuation of the
    /// goroutine that another machine runs just now ends first, so that it is one logical thread again.
    /// </summary>
    internal void EndBlocking(Machine machine, Goroutine goroutine)
    {
        FaultPoints.Hit("blocking.ended");
        _lock.Enter();
        machine.Hosting = Hosting.ComesBack;
        bool wasGiven = machine.NextProcessor is not null;
        _lock.Exit();
        FaultPoints.Hit("blocking.returns");
        if (wasGiven)
        {
            machine.AcceptProcessor();
            machine.IsAhead = false;
            machine.NextGoroutine = null;
        }
        else if (goroutine.TryClaimRunRight())
        {
            goroutine.NoteRunner(machine);
            AcquireForRunning(machine, goroutine);
        }
        else
        {
            goroutine.PostItem(machine.Comeback);
            machine.ParkForProcessor();
            machine.AcceptProcessor();
            machine.IsAhead = false;
            wasGiven = machine.NextGoroutine is not null;
            if (wasGiven)
            {
                machine.NextGoroutine = null;
                goroutine.RemoveComeback(machine.Comeback);
            }
        }

        EndBlocked(goroutine, machine);

        // The giver may have been counted as a searcher, and searches no more: work that came meanwhile may have relied on that.
        if (wasGiven && _global.MayHaveBound)
            Wake();
        machine.ForgetWait(); // another machine may have run the body meanwhile
        machine.ExitScheduler();
    }

    /// <summary>
    /// For a machine that has its goroutine's run right but no processor: takes an idle one, or queues the goroutine, bound to the machine,
    /// and waits. While the engine is being stopped a machine may go on without; one that is ahead does so at any time.
    /// </summary>
    private void AcquireForRunning(Machine machine, Goroutine goroutine)
    {
        if (machine.IsAhead)
            return;
        _lock.Enter();
        Processor? processor = _processors.PopIdle();
        if (processor is not null)
        {
            Own(machine, processor);
            AssertInvariants();
            _lock.Exit();
            return;
        }

        if (_stopRequested)
        {
            _lock.Exit();
            return;
        }

        _machines.Blocked++;
        goroutine.PushFront(machine.Comeback);
        goroutine.TryPark(); // it stays Ready, for what was just put into its slot
        _global.EnqueueWoken(goroutine);
        AssertInvariants();
        _lock.Exit();
        Wake();
        machine.ParkForProcessor();
        machine.AcceptProcessor();
        _lock.Enter();
        ExitLockUnblocked();
    }
}
