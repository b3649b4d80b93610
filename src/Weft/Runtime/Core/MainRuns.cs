using Weft.Runtime.Host;
using Weft.Threads;

namespace Weft.Runtime.Core;

/// <summary>Those that wait in <see cref="Scheduler.Run(Action, string, int)"/> for their main goroutine. Any thread may use it.</summary>
internal sealed class MainRuns(IThreadPlatform platform)
{
    private readonly FutexLock _lock = new(platform);
    private readonly List<MainRun> _runs = [];
    private int _count;

    /// <summary>Whether there are any.</summary>
    internal bool Any => Volatile.Read(ref _count) > 0;

    internal MainRun Add(Goroutine main)
    {
        var run = new MainRun(main);
        _lock.Enter();
        _runs.Add(run);
        Volatile.Write(ref _count, _runs.Count);
        _lock.Exit();
        return run;
    }

    internal void Remove(MainRun run)
    {
        _lock.Enter();
        _runs.Remove(run);
        Volatile.Write(ref _count, _runs.Count);
        _lock.Exit();
    }

    /// <summary>All of them.</summary>
    internal MainRun[] Snapshot()
    {
        _lock.Enter();
        MainRun[] runs = [.. _runs];
        _lock.Exit();
        return runs;
    }

    /// <summary>Those whose main goroutine has not ended, or has left the others behind with <see cref="Go.Exit"/>.</summary>
    internal MainRun[] Waiting() => Array.FindAll(Snapshot(), static run => !run.Main.HasEnded || run.Main.HasExitedEarly);
}

/// <summary>A thread that waits for a main goroutine.</summary>
internal sealed class MainRun
{
    // Set at the end of main, or at the end of the wait for it.
    private readonly BlockingSignal _told = new();

    // Only the thread in Run waits for it: to wake that one takes no thread of the pool.
    private readonly TaskCompletionSource<Exception> _ending = new();

    internal MainRun(Goroutine main)
    {
        Main = main;
        main.Extra.WhenEnded = _told;
    }

    internal Goroutine Main { get; }

    /// <summary>Why there is nothing to wait for any more; null as long as there is.</summary>
    internal Exception? Ending => _ending.Task.IsCompleted ? _ending.Task.Result : null;

    /// <summary>Ends the wait for a main goroutine that never ends, or that has left. Any thread; the first call counts.</summary>
    internal void End(Exception why)
    {
        if (_ending.TrySetResult(why))
            _told.Set();
    }

    /// <summary>Waits for the end of main, or until <see cref="End"/> is called.</summary>
    /// <remarks>
    /// Publisher: the ending goroutine sets its flag, then reads the signal.
    /// Looker: the waiter has stored the signal, then reads the flag.
    /// Fences: the release of the run right; the full fence here.
    /// Therefore: the goroutine sets the signal, or the waiter sees that it has ended.
    /// </remarks>
    internal void Wait()
    {
        Interlocked.MemoryBarrier();
        if (!Main.HasEnded)
            _told.Wait(CancellationToken.None);
    }

    /// <summary>Waits until <see cref="End"/> is called.</summary>
    internal void WaitForEnding() => _ending.Task.Wait();
}
