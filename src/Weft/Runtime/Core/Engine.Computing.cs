using Weft.Runtime.Host;

namespace Weft.Runtime.Core;

/// <content>
/// Goroutines that compute without a processor: they run on after theirs was handed on, or get a turn although none is to be had.
/// </content>
internal sealed partial class Engine
{
    /// <summary>
    /// This many threads that compute keep a new one from its CPU for tens of milliseconds on a few CPUs: they count as many, whatever the
    /// limit.
    /// </summary>
    private const int ManyComputing = 64;

    // Handed over in the place of a processor, to wake a machine that is to go on without. Made by the monitor when it is needed for the
    // first time, which it seldom is.
    private Processor? _noProcessor;

    /// <summary>As many goroutines compute without a processor as may, or many do.</summary>
    internal bool ManyCompute =>
        Options.MaxComputingExtra > 0 && Volatile.Read(ref _machines.ComputingExtra) >= Math.Min(Options.MaxComputingExtra, ManyComputing);

    /// <summary>
    /// Gives goroutines that wait in queues their turn without a processor, as if it had been taken from them at the end of a time slice:
    /// each runs until it enters the scheduler. Called by the monitor when there is no other way (<c>StallRelief</c>). How many.
    /// </summary>
    /// <remarks>
    /// The monitor takes them out of the queues as a thief does. The machine that it hands them to is parked, or new, as ever.
    /// That machine has no processor: this is the state of a machine after <see cref="TryTake"/> that has noticed it, which all code
    /// knows.
    /// </remarks>
    internal int RunWithoutProcessor(int count)
    {
        _noProcessor ??= new Processor(Processor.NoneId, Platform);
        MoveRingsToGlobal();
        int given = 0;
        while (given < count && !MachinesLeave && DequeueWaiting() is Goroutine goroutine)
        {
            FaultPoints.Hit("extra.taken");
            if (!TryRunWithoutProcessor(goroutine))
                break;
            given++;
        }

        return given;
    }

    /// <summary>
    /// Moves what waits in the processors' rings to the global queue, each as a batch of its own, so that the newest mostly come first:
    /// what computes now was started before, and what it waits for, if it spins, more likely came later. By the monitor, as a thief.
    /// </summary>
    private void MoveRingsToGlobal()
    {
        List<Goroutine> moved = [];
        foreach (Processor processor in Processors)
        {
            while (processor.Queue.TryStealOne() is Goroutine goroutine)
                moved.Add(goroutine);
        }

        if (moved.Count == 0)
            return;

        // What was started on the same processor is in order of its ids, and the rest nearly.
        moved.Sort(static (x, y) => x.Id.CompareTo(y.Id));
        _lock.Enter();
        foreach (Goroutine goroutine in moved)
            _global.EnqueueOverflow(goroutine, goroutine, 1);
        _lock.Exit();

        // A machine that went idle in between may have found the goroutines neither here nor there.
        Wake();
    }

    /// <summary>
    /// Takes a goroutine out of the global queue or, if there is none, out of a run-next slot. By the monitor, as a thief.
    /// </summary>
    private Goroutine? DequeueWaiting()
    {
        _lock.Enter();
        Goroutine? goroutine = _global.Dequeue();
        _lock.Exit();
        foreach (Processor processor in Processors)
            goroutine ??= processor.StealRunNextAtOnce();
        return goroutine;
    }

    /// <summary>
    /// Has a machine run a goroutine that the caller has in its hands: the machine that it belongs to, or an idle one, or a new one.
    /// False when there is no thread to be had; the goroutine is in the global queue again then.
    /// </summary>
    private bool TryRunWithoutProcessor(Goroutine goroutine)
    {
        _lock.Enter();
        Machine? machine;
        bool isNew = false;
        if (goroutine.PendingComeback is not null || goroutine.LockedMachine is { IsGone: false })
        {
            machine = HandToItsMachine(goroutine, _noProcessor!, out _); // it is parked: no other machine can go on with the goroutine
        }
        else
        {
            machine = _machines.NewestIdle;
            ThreadShortageCause cause = default;
            if (machine is not null)
                _machines.RemoveIdle(machine);
            else
                isNew = (machine = _factory.TryReserveAffordable(out cause)) is not null;
            if (machine is null)
            {
                _global.Enqueue(goroutine);
                _lock.Exit();
                OnShortage(cause, cause == ThreadShortageCause.Limit ? 0 : Platform.TryAgain);
                return false;
            }

            machine.Spinning = false;
            HandTo(machine, _noProcessor!, goroutine);
        }

        machine.TakenFor = HandOffCause.TimeSlice;
        _machines.ComputingExtra++;
        AssertInvariants();
        _lock.Exit();
        if (!isNew)
        {
            machine.Unpark();
            return true;
        }

        int error = _factory.Launch(machine);
        if (error == 0)
            return true;
        _lock.Enter();
        _global.Enqueue(goroutine);
        _lock.Exit();
        OnShortage(ThreadShortageCause.Refused, error);
        return false;
    }
}
