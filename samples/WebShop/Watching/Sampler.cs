using System.Diagnostics;
using Weft.Hosting;
using Weft.Samples.WebShop.Load;
using Weft.Samples.WebShop.Modes;

namespace Weft.Samples.WebShop.Watching;

/// <summary>Takes a snapshot four times a second, on a thread of its own: a timer's call-back would wait for the pool.</summary>
internal sealed class Sampler : IDisposable
{
    // Often enough for the eye to see a curve move, and rare enough to cost nothing.
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);

    private readonly ModeSwitch _modes;
    private readonly RequestCounter _requests;
    private readonly WeftHost _weft;
    private readonly LoadProcess _load;
    private readonly Thread _thread;

    // Guards what follows, and is pulsed at a snapshot and at the end.
    private readonly object _lock = new();
    private Snapshot _last;
    private bool _hasEnded;

    public Sampler(ModeSwitch modes, RequestCounter requests, WeftHost weft, LoadProcess load)
    {
        (_modes, _requests, _weft, _load) = (modes, requests, weft, load);
        _last = Take(0, 0);
        _thread = new Thread(Run) { IsBackground = true, Name = "sampler" };
        _thread.Start();
    }

    /// <summary>Blocks until there is a snapshot later than a number; null at the end.</summary>
    public Snapshot? WaitForNext(long after)
    {
        lock (_lock)
        {
            while (!_hasEnded && _last.Number <= after)
                Monitor.Wait(_lock);
            return _hasEnded ? null : _last;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _hasEnded = true;
            Monitor.PulseAll(_lock);
        }

        _thread.Join();
    }

    private void Run()
    {
        long ended = _requests.Ended;
        long start = Stopwatch.GetTimestamp();
        lock (_lock)
        {
            while (!_hasEnded)
            {
                // Pulses for others come, too.
                TimeSpan left = s_interval - Stopwatch.GetElapsedTime(start);
                if (left > TimeSpan.Zero)
                {
                    Monitor.Wait(_lock, left);
                    continue;
                }

                long now = _requests.Ended;
                _last = Take(_last.Number + 1, (now - ended) / Stopwatch.GetElapsedTime(start).TotalSeconds);
                (ended, start) = (now, Stopwatch.GetTimestamp());
                Monitor.PulseAll(_lock);
            }
        }
    }

    private Snapshot Take(long number, double perSecond)
    {
        ThreadPool.GetMinThreads(out int minimum, out _);
        SchedulerStatistics weft = _weft.Scheduler.Statistics;
        return new Snapshot(
            number,
            _modes.Current.Text(),
            Math.Round(perSecond, 1),
            _requests.Inside,
            ThreadPool.ThreadCount,
            minimum,
            ThreadPool.PendingWorkItemCount,
            weft.GoroutinesAlive,
            weft.Threads,
            _load.Report);
    }
}
