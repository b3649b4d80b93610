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
        if (_stopRequested)
            throw Misuse.Disposed(Options.Name, CannotStart);
        Machine? machine = Machine.Calling;
        if (machine is null || machine.Engine != this || machine.IsInScheduler)
        {
            StartFromOutside(goroutine);
            return;
        }

        if (!machine.EnterScheduler() && !Reenter(machine))
        {
            machine.ExitScheduler();
            StartFromOutside(goroutine);
            return;
        }

        Processor processor = machine.Processor!;
        goroutine.Id = processor.NextGoroutineId();
        processor.GoroutinesStarted++;
        PutNext(processor, goroutine);
        machine.ExitScheduler();
    }

    private void StartFromOutside(Goroutine goroutine)
    {
        _lock.Enter();
        if (_stopRequested)
        {
            _lock.Exit();
            throw Misuse.Disposed(Options.Name, CannotStart);
        }

        if (_nextOutsideId == _lastOutsideId)
        {
            _nextOutsideId = Goroutine.ReserveIds(1024);
            _lastOutsideId = _nextOutsideId + 1024;
        }

        goroutine.Id = _nextOutsideId++;
        _startedOutside++;
        _global.EnqueueNewest(goroutine);
        _lock.Exit();
        Wake();
    }
}
