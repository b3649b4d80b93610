using System.Diagnostics;
using Weft.Cli.Storm.Engines;
using Weft.Cli.Storm.Work;

namespace Weft.Cli.Storm;

/// <summary>
/// One burst: starts every goroutine, and until the last has ended releases them when that is due, starts bystanders, and looks. All of
/// that happens on the calling thread, so that the storm needs no thread beside those it is about.
/// </summary>
internal sealed class Burst(IStormEngine engine, StormWork work, Bystanders bystanders, StormObserver observer)
{
    private static readonly TimeSpan s_bystanderPeriod = TimeSpan.FromMilliseconds(5);

    /// <summary>With no goroutine ended and nothing read for this long beyond the time they block, work is taken for lost.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly object _gate = new();
    private int _left = work.Goroutines;

    /// <summary>When the last goroutine ended, 0 before; set under the gate.</summary>
    private long _endedAt;

    private Exception? _error;

    /// <summary>How long it took, or null when work was lost.</summary>
    public TimeSpan? Elapsed { get; private set; }

    /// <summary>What was lost, in words, or null.</summary>
    public string? Loss { get; private set; }

    public void Run(string phase, TimeSpan block)
    {
        work.Prepare();
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < work.Goroutines; i++)
            engine.Start(static state => state.Burst.RunOne(state.Index), (Burst: this, Index: i));

        TimeSpan? releaseAt = work.ReleaseAfter;
        TimeSpan bystanderAt = TimeSpan.Zero;
        TimeSpan progressAt = TimeSpan.Zero;
        long progress = -1;
        while (!Ended || bystanders.Waiting > 0)
        {
            TimeSpan now = Stopwatch.GetElapsedTime(started);
            if (now >= releaseAt)
            {
                releaseAt = null;
                work.Release();
            }

            if (now >= bystanderAt && !Ended)
            {
                bystanderAt = now + s_bystanderPeriod;
                bystanders.StartOne();
            }

            observer.LookWhenDue(phase, Volatile.Read(ref _left));
            if (Progress() is var current && current != progress)
            {
                progress = current;
                progressAt = now;
            }
            else if (now - progressAt > block + s_patience)
            {
                Loss = $"{_left} of {work.Goroutines} goroutines and {bystanders.Waiting} bystanders did not end";
                return;
            }

            Wait(bystanderAt - Stopwatch.GetElapsedTime(started), releaseAt - Stopwatch.GetElapsedTime(started));
        }

        Elapsed = Stopwatch.GetElapsedTime(started, _endedAt);
        Loss = _error is null ? work.FindLoss() : $"a goroutine failed: {_error.Message}";
    }

    private void RunOne(int index)
    {
        try
        {
            work.Run(index);
        }
        catch (Exception e)
        {
            _error = e;
        }

        if (Interlocked.Decrement(ref _left) == 0)
        {
            long now = Stopwatch.GetTimestamp();
            lock (_gate)
            {
                Volatile.Write(ref _endedAt, now);
                Monitor.Pulse(_gate);
            }
        }
    }

    private bool Ended => Volatile.Read(ref _endedAt) != 0;

    private long Progress() => work.Progress + work.Goroutines - Volatile.Read(ref _left) - bystanders.Waiting;

    // Waits in whole milliseconds: a bystander may start late, but the release is not to be late, and the last of its wait is spun away.
    private void Wait(TimeSpan untilBystander, TimeSpan? untilRelease)
    {
        int milliseconds = Math.Max(1, (int)untilBystander.TotalMilliseconds);
        if (untilRelease is { } release)
            milliseconds = Math.Clamp((int)release.TotalMilliseconds, 0, milliseconds);
        lock (_gate)
        {
            if (milliseconds > 0 && !Ended)
                Monitor.Wait(_gate, milliseconds);
        }

        if (Ended)
            Thread.Sleep(1);
    }
}
