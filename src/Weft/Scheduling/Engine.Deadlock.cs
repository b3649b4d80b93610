using System.Text;

namespace Weft.Scheduling;

/// <content>Noticing that nothing can ever happen again, for those that wait in <see cref="Scheduler.Run(Action, string, int)"/>.</content>
internal sealed partial class Engine
{
    // Those that wait for a main goroutine; under the lock.
    private readonly List<MainRun> _mainRuns = [];

    /// <summary>Waits until a main goroutine has ended, or until every goroutine is asleep for good.</summary>
    internal void WaitForMain(Goroutine main)
    {
        var run = new MainRun(main);
        _lock.Enter();
        _mainRuns.Add(run);
        _lock.Exit();
        CheckDeadlock();
        Task.WaitAny(main.Completion, run.Deadlock.Task);
        if (main.HasExitedEarly && !run.Deadlock.Task.IsCompleted)
        {
            CheckDeadlock();
            run.Deadlock.Task.Wait();
        }

        _lock.Enter();
        _mainRuns.Remove(run);
        _lock.Exit();
        if (run.Deadlock.Task.IsCompleted)
            throw run.Deadlock.Task.Result;
    }

    /// <summary>The engine has stopped: a main that ended itself early is waited for no longer.</summary>
    private void AbandonMainRuns()
    {
        _lock.Enter();
        MainRun[] runs = [.. _mainRuns];
        _lock.Exit();
        foreach (MainRun run in runs)
            run.Deadlock.TrySetResult(new ObjectDisposedException(Owner.ToString(), $"Scheduler '{Options.Name}' was disposed while its main goroutine was waited for."));
    }

    /// <summary>
    /// Called when no machine runs goroutines. Whoever could still change something is a machine that is not idle, a timer, a thread outside
    /// (then some goroutine awaits something that is not Weft's), or work in a queue; if there is none of them, the main runs are told.
    /// </summary>
    internal void CheckDeadlock()
    {
        if (LooksAsleep() is not long ticks)
            return;
        if (Registry.Find(static g => !g.HasEnded && !g.WaitReason.OnlyGoroutinesWake()) is not null)
            return;
        List<GoroutineInfo> asleep = [.. Registry.Snapshot().Where(g => !g.HasEnded).Select(g => g.Describe()).OrderBy(g => g.Id)];

        // The look at the goroutines took time. If none has run since it began, it shows one moment.
        if (LooksAsleep() != ticks || asleep.Count != GoroutinesAlive)
            return;
        _lock.Enter();
        MainRun[] runs = [.. _mainRuns];
        _lock.Exit();
        foreach (MainRun run in runs)
        {
            if (!run.Main.HasEnded || run.Main.HasExitedEarly)
                run.Deadlock.TrySetResult(Describe(asleep));
        }
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

    private static DeadlockException Describe(List<GoroutineInfo> asleep)
    {
        if (asleep.Count == 0)
            return new DeadlockException("no goroutines (main called Go.Exit) - deadlock!", asleep);
        var text = new StringBuilder("all goroutines are asleep - deadlock!");
        foreach (GoroutineInfo goroutine in asleep)
            text.AppendLine().Append("  ").Append(goroutine.ToText());
        return new DeadlockException(text.ToString(), asleep);
    }

    private sealed class MainRun(Goroutine main)
    {
        internal Goroutine Main { get; } = main;

        /// <summary>Why there is nothing to wait for any more.</summary>
        internal TaskCompletionSource<Exception> Deadlock { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
