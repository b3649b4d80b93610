using System.Runtime.CompilerServices;
using Weft.Runtime.Host;
using Weft.Runtime.Running;

namespace Weft.Runtime.Core;

/// <content>What happens to a processor when its machine blocks, and how the machine gets one again.</content>
internal sealed partial class Engine
{
    private readonly long[] _handOffs = new long[4];
    private readonly HandOffPace _handOffPace = new();

    internal long HandOffs(HandOffCause cause) => Interlocked.Read(ref _handOffs[(int)cause]);

    /// <summary>
    /// Gives a processor that the caller has in its hands to a machine, if there is work anywhere; otherwise it is idle. As with a machine
    /// that goes idle, the queues are looked at again after that is known, so no work published meanwhile is left.
    /// </summary>
    private void HandOff(Processor processor, bool atSliceEnd = false)
    {
        bool leaving = _stopRequested && MayQuit();
        if (processor.Id < MaxProcs && !leaving)
        {
            if (processor.HasWork || _global.Count > 0)
            {
                if (!atSliceEnd)
                    _handOffPace.Note(MonotonicClock.Now); // who computes keeps its CPU awake
                StartMachine(processor, spinning: false);
                return;
            }

            if (Volatile.Read(ref _spinning) == 0 && AnyWork() && Interlocked.CompareExchange(ref _spinning, 1, 0) == 0)
            {
                StartMachine(processor, spinning: true);
                return;
            }
        }

        _lock.Enter();
        PushIdle(processor);
        AssertInvariants();
        _lock.Exit();
        FaultPoints.Hit("handoff.idle");

        // Asked again: a machine may have blocked in between, counting on what is in the queues.
        if (!(_stopRequested && MayQuit()) && AnyWork())
            Wake();
    }

    /// <summary>
    /// The calling machine's goroutine begins a managed wait or a declared call: what is posted to it from now on may run on another
    /// machine, and the processor goes on. Runs inside the runtime's wait: takes no managed lock.
    /// </summary>
    internal void BeginBlocking(Machine machine, Goroutine goroutine, HandOffCause cause, Hosting hosting)
    {
        WaitReason reason = cause == HandOffCause.Explicit ? WaitReason.Blocking : WaitReason.ManagedWait;
        Processor? processor = BeginBlocked(machine, goroutine, reason, hosting);
        FaultPoints.Hit("blocking.began");
        if (goroutine.Release())
        {
            if (processor is not null)
                PutNext(processor, goroutine);
            else
                PutGlobal(goroutine);
        }

        HandOn(processor, cause);
    }

    /// <summary>
    /// The calling machine, which runs the goroutine, counts as blocked from now on, and enters scheduler code. Others can give it mail only
    /// if <paramref name="hosting"/> is given: then it is one of the goroutine's hosts.
    /// </summary>
    /// <returns>Its processor, in the caller's hands; null if the machine has none any more.</returns>
    private Processor? BeginBlocked(Machine machine, Goroutine goroutine, WaitReason reason, Hosting? hosting)
    {
        bool owns = machine.Enter() || StillOwns(machine);
        GoroutineExtra? extra = hosting is null ? null : goroutine.Extra; // made before the lock is taken
        _lock.Enter();
        _machines.Blocked++;
        goroutine.ChangeBlockedDepth(1);
        goroutine.NoteBlocked(reason);
        if (extra is not null)
        {
            machine.Hosting = hosting!.Value;
            extra.AddHost(machine);
        }

        Processor? processor = owns ? TakeFrom(machine) : null;
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

    /// <summary>Hands on the processor of a machine that has blocked, if it had one.</summary>
    private void HandOn(Processor? processor, HandOffCause cause)
    {
        if (processor is not null)
        {
            Interlocked.Increment(ref _handOffs[(int)cause]);
            HandOff(processor);
        }
        else if (_stopRequested)
        {
            // Machines may have left while none was blocked; now this one is, and what it waits for may be in a queue.
            Wake();
        }
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
        machine.Hosting = Hosting.Returns;
        bool wasGiven = machine.NextProcessor is not null;
        _lock.Exit();
        FaultPoints.Hit("blocking.returns");
        if (wasGiven)
        {
            machine.TakeDelivery();
            machine.NextGoroutine = null;
        }
        else if (goroutine.TryTakeRunRight())
        {
            goroutine.NoteRunner(machine);
            AcquireForRunning(machine, goroutine);
        }
        else
        {
            goroutine.Resume(machine.Return);
            machine.ParkForProcessor();
            machine.TakeDelivery();
            wasGiven = machine.NextGoroutine is not null;
            if (wasGiven)
            {
                machine.NextGoroutine = null;
                goroutine.RemoveReturn(machine.Return);
            }
        }

        EndBlocked(goroutine, machine);

        // Whoever gave it may have been counted as looking for work, and looks no more: others may have relied on that.
        if (wasGiven && _global.MayHaveBound)
            Wake();
        machine.ForgetWait(); // another machine may have run the body meanwhile
        machine.Leave();
    }

    /// <summary>
    /// For a machine that has its goroutine's run right but no processor: takes an idle one, or queues the goroutine, bound to the machine,
    /// and waits. While the engine is being stopped a machine may go on without.
    /// </summary>
    private void AcquireForRunning(Machine machine, Goroutine goroutine)
    {
        _lock.Enter();
        Processor? processor = _processors.TakeIdle();
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
        goroutine.PushFront(machine.Return);
        goroutine.TryPark(); // it stays Ready, for what was just put into its slot
        _global.EnqueueWoken(goroutine);
        AssertInvariants();
        _lock.Exit();
        Wake();
        machine.ParkForProcessor();
        machine.TakeDelivery();
        _lock.Enter();
        ExitLockUnblocked();
    }

    /// <summary>
    /// Goroutine code entered the scheduler and <see cref="Machine.Enter"/> said no: waits for a processor if it is really gone. False
    /// in a declared call, which needs none, while the engine is being stopped, when there may be none, and when the machine was given its
    /// turn without (<see cref="RunWithoutProcessor"/>).
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Reenter(Machine machine)
    {
        if (machine.OutOnCall is not null)
            return false;
        if (!StillOwns(machine))
            AcquireForRunning(machine, machine.Current!);
        return machine.Processor is not null;
    }

    /// <summary>
    /// Whether the calling machine, in scheduler code, has its processor. Waits for the lock, so a tentative take by the monitor is decided
    /// one way or the other.
    /// </summary>
    private bool StillOwns(Machine machine)
    {
        _lock.Enter();
        bool owns = machine.Processor is Processor processor && processor.Owner == machine;
        if (!owns)
        {
            machine.Processor = null;
            _machines.NoteTaken(machine);
        }

        _lock.Exit();
        return owns;
    }

    /// <summary>
    /// Takes the processor from a machine that did not offer it: its thread sleeps in a call nobody declared, or computes for too long.
    /// Called by the monitor only. False when the machine was in scheduler code.
    /// </summary>
    /// <remarks>
    /// <para>
    /// The race: the thread wakes in this very moment and enters the scheduler, which then must not touch the processor's queues. The
    /// machine stores <c>inScheduler = 1</c>, then loads <see cref="Processor.Owner"/>, with nothing in between but program order
    /// (<see cref="Machine.Enter"/>). The monitor stores Owner = null, has every CPU that runs a thread of this process execute a full
    /// fence (<see cref="Interlocked.MemoryBarrierProcessWide"/>), then loads <c>inScheduler</c>.
    /// </para>
    /// <para>
    /// If the machine's load of Owner came before the monitor's store was visible to it, that load, and so the store of inScheduler ahead
    /// of it in program order, came before the fence on that CPU; the store is visible after the fence, the monitor reads 1 and puts the
    /// owner back. Otherwise the machine sees that it is not the owner and asks <see cref="StillOwns"/>, which waits for the engine's
    /// lock, held here throughout, and then sees the decision, whichever way it went. So never do both believe that they have the
    /// processor. Both may believe for a moment that they have not: the monitor because it gave up, the machine until it has the lock.
    /// </para>
    /// <para>A machine that leaves the scheduler stores 0 with release semantics after its last access to the queues.</para>
    /// </remarks>
    internal bool TryTake(Processor processor, Machine machine, HandOffCause cause)
    {
        _lock.Enter();
        if (processor.Owner != machine || machine.WasInScheduler || (cause == HandOffCause.TimeSlice && _machines.ComputingExtra >= Options.MaxComputingExtra))
        {
            _lock.Exit();
            return false;
        }

        Volatile.Write(ref processor.Owner, null);
        Interlocked.MemoryBarrierProcessWide();
        FaultPoints.Hit("take.published");
        if (machine.WasInScheduler)
        {
            Volatile.Write(ref processor.Owner, machine);
            _lock.Exit();
            return false;
        }

        processor.InTransit = true;
        machine.TakenFor = cause;
        if (cause == HandOffCause.TimeSlice)
            _machines.ComputingExtra++;
        AssertInvariants();
        _lock.Exit();
        Interlocked.Increment(ref _handOffs[(int)cause]);
        HandOff(processor, atSliceEnd: cause == HandOffCause.TimeSlice);
        return true;
    }
}
