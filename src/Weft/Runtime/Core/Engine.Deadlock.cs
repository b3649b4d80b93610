using System.Text;
using Weft.Diagnostics;
using Weft.Runtime.Host;
using Weft.Runtime.Timers;

namespace Weft.Runtime.Core;

/// <content>Noticing that nothing can ever happen again, for those that wait in <see cref="Scheduler.Run(Action, string, int)"/>.</content>
internal sealed partial class Engine
{
    // Those that wait for a main goroutine; under the lock.
    private readonly List<MainRun> _mainRuns = [];
    private int _mainRunCount;

    /// <summary>Has the monitor look whether everything sleeps for good, if somebody wants to know.</summary>
    private void NoteAllIdle()
    {
        if (Volatile.Read(ref _mainRunCount) > 0)
            _monitor.WakeUp();
    }

    /// <summary>Waits until a main goroutine has ended, or until every goroutine is asleep for good.</summary>
    internal void WaitForMain(Goroutine main)
    {
        if (!Platform.CreatesThreads)
        {
            RunOnCallingThread(main);
            return;
        }

        var run = new MainRun(main);
        _lock.Enter();
        _mainRuns.Add(run);
        _mainRunCount++;
        _lock.Exit();

        // Main has been running for a while, perhaps: whoever fell asleep last found nobody who wants to know, and the monitor may be gone.
        _monitor.WakeUp();
        _monitor.EnsureRunningElsewhere(TimeSpan.Zero);
        run.Wait();
        if (main.HasExitedEarly && !run.Ending.Task.IsCompleted)
        {
            NoteAllIdle();
            run.Ending.Task.Wait();
        }

        _lock.Enter();
        _mainRuns.Remove(run);
        _mainRunCount--;
        _lock.Exit();
        if (run.Ending.Task.IsCompleted)
            throw run.Ending.Task.Result;
    }

    /// <summary>The engine has stopped: a main that ended itself early is waited for no longer.</summary>
    private void AbandonMainRuns()
    {
        _lock.Enter();
        MainRun[] runs = [.. _mainRuns];
        _lock.Exit();
        foreach (MainRun run in runs)
            run.End(Misuse.Disposed(Owner, "Run waits no longer for its main goroutine"));
    }

    /// <summary>
    /// Whether nothing is known of outside goroutines that could use a channel for the first time: no work and no thread at work in .NET's
    /// pool, no timer of .NET's, no goroutine of another scheduler. A thread that somebody has made himself, or a socket, cannot be known
    /// of.
    /// </summary>
    private bool IsQuietOutside()
    {
        ThreadPool.GetMaxThreads(out int most, out _);
        ThreadPool.GetAvailableThreads(out int available, out _);
        if (available != most || ThreadPool.PendingWorkItemCount > 0 || Timer.ActiveCount > ScheduleTrace.Count)
            return false;
        foreach (Engine other in EngineList.Snapshot())
        {
            if (other != this && other.GoroutinesAlive > 0)
                return false;
        }

        return true;
    }

    /// <summary>How many goroutines were run so far if nobody runs any, and nothing is queued or timed; otherwise null.</summary>
    private long? LooksAsleep()
    {
        _lock.Enter();
        bool asleep = _mainRuns.Count > 0
            && _idleMachineCount + _machinesWaitingForGoroutine == _machineCount
            && _idleProcessorCount == _maxProcs
            && _machinesCreating == 0
            && _blockedMachines == 0
            && _creationRequests.Count == 0
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

    private static DeadlockException ExceptionFor(List<GoroutineInfo> asleep)
    {
        if (asleep.Count == 0)
            return new DeadlockException("no goroutines (main called Go.Exit) - deadlock!", asleep);
        var text = new StringBuilder("all goroutines are asleep - deadlock!");
        foreach (GoroutineInfo goroutine in asleep)
            text.AppendLine().Append("  ").Append(goroutine);
        return new DeadlockException(text.ToString(), asleep);
    }

    private sealed class MainRun
    {
        // The end of main, or of the wait for it.
        private readonly BlockingSignal _told = new();

        internal MainRun(Goroutine main)
        {
            Main = main;
            main.Extra.WhenEnded = _told;
        }

        internal Goroutine Main { get; }

        /// <summary>
        /// Why there is nothing to wait for any more. Only the thread in Run waits for it: to wake that one takes no thread of the pool.
        /// </summary>
        internal TaskCompletionSource<Exception> Ending { get; } = new();

        internal void End(Exception why)
        {
            if (Ending.TrySetResult(why))
                _told.Set();
        }

        internal void Wait()
        {
            // The ending goroutine sets its flag, then reads the signal; here it is the other way round, so one of the two sees the other.
            Interlocked.MemoryBarrier();
            if (!Main.HasEnded)
                _told.Wait(CancellationToken.None);
        }
    }
}
