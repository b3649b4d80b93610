using System.Runtime.CompilerServices;
using Weft.Runtime.Host;

namespace Weft.Runtime.Core;

/// <content>How new goroutines get into a queue.</content>
internal sealed partial class Engine
{
    private const string CannotStart = "The goroutine cannot be started";

    // Goroutines started from threads that are no machines of this engine; under the lock.
    private long _startedOutside;
    private long _nextOutsideId;
    private long _lastOutsideId;

    /// <summary>Puts a new goroutine into a queue. Any thread.</summary>
    /// <exception cref="ObjectDisposedException">The scheduler is disposed, or being disposed.</exception>
    internal void Start(Goroutine goroutine)
    {
        if (_stopRequested || (!TryStartHere(goroutine) && !TryStartFromOutside(goroutine, isWoken: false)))
            throw Misuse.Disposed(Options.Name, CannotStart);
    }

    /// <summary>
    /// The same for a goroutine that goes on with a flow, and so has its turn as one that was woken. False if the scheduler is disposed, or
    /// being disposed. Any thread, in scheduler code, too.
    /// </summary>
    internal bool TryStartFlow(FlowGoroutine flow) =>
        !_stopRequested && (TryStartHere(flow) || TryStartFromOutside(flow, isWoken: true));

    internal override SynchronizationContext MakeFlowContext(Goroutine root) => new FlowContext(this, root);

    /// <summary>Puts it into the queue of the calling machine's processor; false if the calling thread has none of this engine.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryStartHere(Goroutine goroutine)
    {
        Machine? machine = Machine.Calling;
        if (machine is null || machine.Engine != this || machine.IsInScheduler)
            return false;
        if (!machine.EnterScheduler() && !Reenter(machine))
        {
            machine.ExitScheduler();
            return false;
        }

        Processor processor = machine.Processor!;
        goroutine.Id = processor.NextGoroutineId();
        processor.GoroutinesStarted++;
        PutNext(processor, goroutine);
        machine.ExitScheduler();
        return true;
    }

    private bool TryStartFromOutside(Goroutine goroutine, bool isWoken)
    {
        _lock.Enter();
        if (_stopRequested)
        {
            _lock.Exit();
            return false;
        }

        if (_nextOutsideId == _lastOutsideId)
        {
            _nextOutsideId = Goroutine.ReserveIds(1024);
            _lastOutsideId = _nextOutsideId + 1024;
        }

        goroutine.Id = _nextOutsideId++;
        _startedOutside++;
        if (isWoken)
            _global.EnqueueWoken(goroutine);
        else
            _global.EnqueueNewest(goroutine);
        _lock.Exit();
        Wake();
        return true;
    }
}
