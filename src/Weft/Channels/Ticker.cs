using System.Diagnostics;
using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Runtime.Timers;
using Weft.Threads;

namespace Weft;

/// <summary>
/// A channel that gets a tick at equal intervals; for loops and selects. The channel holds one tick: a tick that is not received in time is
/// left out. After <see cref="Stop"/> or <see cref="Reset"/> no tick of before can be received.
/// </summary>
/// <remarks>
/// All members may be used from any thread. A ticker that is not stopped goes on, also when nobody refers to it any more, and keeps its
/// scheduler's monitor alive: dispose one that is not needed.
/// </remarks>
/// <example>
/// <code>
/// using var ticker = new Ticker(TimeSpan.FromSeconds(1));
/// await foreach (TimeSpan late in ticker.Channel)
///     Console.WriteLine($"tick, {late.TotalMilliseconds:0.00} ms late");
/// </code>
/// </example>
[DebuggerDisplay("{DebugText,nq}")]
public sealed class Ticker : IDisposable
{
    // Machines take it as they fire timers: not one of .NET's, whose wait an interrupt would end there.
    private readonly FutexLock _lock = new(ThreadPlatform.Current);
    private readonly Engine _engine = Scheduler.CurrentEngine;

    private readonly Chan<TimeSpan> _channel = new(1);

    // The timer that is on; null while stopped. Under the lock.
    private TickTimer? _timer;

    /// <summary>Starts it.</summary>
    /// <param name="period">From one tick to the next, and to the first; more than zero.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="period"/> is not more than zero.</exception>
    public Ticker(TimeSpan period) => Reset(period);

    /// <summary>
    /// Where the ticks come: each says how late it was sent, in the scheduler's own time. It is closed by <see cref="Dispose"/>.
    /// </summary>
    public IReceiveChan<TimeSpan> Channel => _channel;

    /// <summary>Starts it anew, from now on.</summary>
    /// <param name="period">From one tick to the next, and to the first; more than zero.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="period"/> is not more than zero.</exception>
    /// <returns>Whether it was on.</returns>
    public bool Reset(TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(period, TimeSpan.Zero);
        _lock.Enter();
        bool wasOn = StopLocked();
        _timer = new TickTimer(this, _engine, MonotonicClock.Nanoseconds(period));
        _timer.Start();
        _lock.Exit();
        return wasOn;
    }

    /// <summary>No further tick, and none of before, until <see cref="Reset"/>. Receivers wait on.</summary>
    /// <returns>Whether it was on; false when it was stopped already.</returns>
    public bool Stop()
    {
        _lock.Enter();
        bool wasOn = StopLocked();
        _lock.Exit();
        return wasOn;
    }

    /// <summary>Stops it and closes the channel.</summary>
    public void Dispose()
    {
        Stop();
        _channel.TryClose(null);
    }

    private string DebugText => _channel.IsClosed ? "disposed" : _timer is null ? "stopped" : _timer.ToString();

    private bool StopLocked()
    {
        bool wasOn = _timer is not null;
        _timer?.Cancel();
        _timer = null;
        _channel.TryReceive(out _);
        return wasOn;
    }

    /// <summary>
    /// Sends a tick if <paramref name="timer"/> is still on: decided under the lock, so that none comes after a stop.
    /// </summary>
    private bool Tick(TickTimer timer, TimeSpan late)
    {
        _lock.Enter();
        bool isOn = _timer == timer && !_channel.IsClosed;
        if (isOn)
            _channel.TrySendUnlessClosed(late);
        _lock.Exit();
        return isOn;
    }

    private sealed class TickTimer(Ticker ticker, Engine engine, long period) : ITimerTarget
    {
        private readonly TimerHeap _heap = engine.NearestTimers();
        private long _due;

        TimerEntryState ITimerTarget.EntryState { get; set; }

        internal void Start()
        {
            _due = MonotonicClock.Now + period;
            engine.AddTimer(_heap, _due, this);
        }

        public override string ToString() => $"every {TimeSpan.FromTicks(period / TimeSpan.NanosecondsPerTick)}";

        internal void Cancel() => _heap.NoteCancelled(this);

        void ITimerTarget.Fire()
        {
            long now = MonotonicClock.Now;
            if (!ticker.Tick(this, TimeSpan.FromTicks((now - _due) / TimeSpan.NanosecondsPerTick)))
                return;

            // In step with the first tick, and past those that were missed.
            _due += period * (1 + Math.Max(0, (now - _due) / period));
            engine.AddTimer(_heap, _due, this);
        }
    }
}
