using Weft.Runtime.Host;
using Weft.Runtime.Timers;

namespace Weft.Runtime.Core;

/// <content>Main goroutines: waiting for them, and noticing that every machine rests, for those that look for deadlocks.</content>
internal sealed partial class Engine
{
    /// <summary>Those that wait for a main goroutine.</summary>
    internal MainRuns MainRuns { get; }

    /// <summary>Waits until a main goroutine has ended, or until every goroutine is asleep for good.</summary>
    /// <exception cref="DeadlockException">Main never ends.</exception>
    /// <exception cref="ObjectDisposedException">The scheduler was disposed, and main had left the others behind.</exception>
    internal void WaitForMain(Goroutine main)
    {
        if (!Platform.CreatesThreads)
        {
            RunOnCallingThread(main);
            return;
        }

        MainRun run = MainRuns.Add(main);

        // Main has been running for a while, perhaps: the machine that fell asleep last found nobody to tell, and the monitor may
        // be gone.
        _monitor.WakeUp();
        _monitor.EnsureRunningElsewhere(TimeSpan.Zero);
        run.Wait();
        if (main.HasExitedEarly && run.Ending is null)
        {
            _monitor.WakeUp();
            run.WaitForEnding();
        }

        MainRuns.Remove(run);
        if (run.Ending is Exception ending)
            throw ending;
    }

    /// <summary>
    /// How many goroutines were run so far if a thread waits for a main goroutine, no machine runs anything, and nothing is queued or
    /// timed; otherwise null. Called by the monitor.
    /// </summary>
    internal long? TicksIfAsleep()
    {
        _lock.Enter();
        bool asleep = MainRuns.Any
            && _machines.AllRest
            && _processors.IdleCount == _processors.InForce
            && _machines.Creating == 0
            && _machines.Blocked == 0
            && !_factory.HasRequests
            && _global.Count == 0;
        _lock.Exit();
        if (!asleep)
            return null;
        long ticks = 0;
        foreach (Processor processor in Processors)
        {
            if (processor.HasWork || processor.Timers.NextDue != TimerHeap.Never)
                return null;
            ticks += processor.Tick;
        }

        return ticks;
    }

    /// <summary>
    /// A machine has come to rest, or is gone. Leaves the lock; if every machine rests, and a thread waits for a main goroutine, has the
    /// monitor look whether everything sleeps for good.
    /// </summary>
    private void ExitLockAndTellOfRest()
    {
        bool all = _machines.AllRest;
        _lock.Exit();
        if (all && MainRuns.Any)
            _monitor.WakeUp();
    }

    /// <summary>The engine has stopped: a main that ended itself early is waited for no longer.</summary>
    private void AbandonMainRuns()
    {
        foreach (MainRun run in MainRuns.Snapshot())
            run.End(Misuse.Disposed(Name, "Run waits no longer for its main goroutine"));
    }
}
