using Weft.Runtime.Host;

namespace Weft.Runtime.Core;

/// <content>What becomes of a processor whose machine does not need it any more.</content>
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
        if (processor.Id < MaxProcs && !MachinesLeave)
        {
            if (processor.HasWork || _global.Count > 0)
            {
                if (!atSliceEnd)
                    _handOffPace.Note(MonotonicClock.Now); // a machine that computes keeps its CPU awake
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
        if (!MachinesLeave && AnyWork())
            Wake();
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
}
