using System.Runtime.CompilerServices;
using Weft.Runtime.Host;

namespace Weft.Runtime.Core;

/// <content>Taking the processor from a machine that did not offer it, and how that machine finds out.</content>
internal sealed partial class Engine
{
    /// <summary>
    /// Goroutine code entered the scheduler and <see cref="Machine.EnterScheduler"/> said no: waits for a processor if it is really
    /// gone. False in a declared call and when the machine is ahead, which need none, while the engine is being stopped, when there may be
    /// none, and when the machine was given its turn without (<see cref="RunWithoutProcessor"/>).
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Reenter(Machine machine)
    {
        if (machine.OutOnCall is not null || machine.IsAhead)
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
    /// <b>The monitor and the machine never both have the processor.</b> The thread may wake in this very moment and enter the scheduler,
    /// where it uses the processor's queues.
    /// Publisher: the machine stores <c>inScheduler = 1</c>, then loads <see cref="Processor.Owner"/>, with nothing in between but program
    /// order (<see cref="Machine.EnterScheduler"/>).
    /// Looker: the monitor stores <c>Owner = null</c>, then loads <c>inScheduler</c>.
    /// Fences: between its two steps the monitor has every CPU that runs a thread of this process execute one
    /// (<see cref="Interlocked.MemoryBarrierProcessWide"/>).
    /// Therefore: a machine that loads the old Owner did so before the fence on its CPU, and its store of inScheduler came before that
    /// load: the monitor reads 1 and puts the owner back. A machine that loads null asks <see cref="StillOwns"/>, which waits for the
    /// engine's lock, held here throughout, and then sees the decision. Both may believe for a moment that they do not have the processor:
    /// the monitor because it gave up, the machine until it has the lock.
    /// Model: tests/models/take-enter.pml.
    /// </para>
    /// <para>A machine that leaves the scheduler stores 0 with release semantics after its last access to the queues.</para>
    /// </remarks>
    internal bool TryTake(Processor processor, Machine machine, HandOffCause cause)
    {
        _lock.Enter();
        bool isOneTooMany = cause == HandOffCause.TimeSlice && _machines.ComputingExtra >= Options.MaxComputingExtra;
        if (processor.Owner != machine || machine.WasInScheduler || isOneTooMany)
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
