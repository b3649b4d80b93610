using System.Diagnostics;
using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Runtime.Timers;
using Weft.Threads;

namespace Weft;

/// <summary>
/// One time that passes, as Go's <c>time.Timer</c>: then its channel gets a value, or, for one made by
/// <see cref="Go.AfterFunc(TimeSpan, Action, string, int)"/>, a goroutine starts. It can be stopped before, and set again at any time.
/// After <see cref="Stop"/> or <see cref="Reset"/> no value of before can be received.
/// </summary>
/// <remarks>
/// All members may be used from any thread. It needs no disposal. One that is pending is kept until it is due, also when nobody refers to
/// it any more: stop one that is not needed. In a select that is used in a loop, <see cref="Select.Timeout"/> allocates nothing.
/// </remarks>
/// <example>
/// <code>
/// var timer = new GoTimer(TimeSpan.FromSeconds(1));
/// if (timer.Stop())
///     Console.WriteLine("stopped in time");
/// timer.Reset(TimeSpan.FromMilliseconds(1));
/// TimeSpan took = await timer.Channel.ReceiveAsync();
/// </code>
/// </example>
[DebuggerDisplay("{DebugText,nq}")]
public sealed class GoTimer
{
    // Machines take it as they fire timers: not one of .NET's, whose wait an interrupt would end there.
    private readonly FutexLock _lock = new(ThreadPlatform.Current);
    private readonly Engine _engine;

    // Makes the goroutine that is to start; null for a timer with a channel.
    private readonly Func<Engine, Goroutine>? _make;
    private Chan<TimeSpan>? _channel;

    // What is pending; null once it is over or stopped. Changed under the lock.
    private Shot? _shot;

    /// <summary>Makes a timer whose channel gets one value, and sets it.</summary>
    /// <param name="duration">How long, at least; zero or less: at once; <see cref="TimeSpan.MaxValue"/>: never.</param>
    public GoTimer(TimeSpan duration)
    {
        _engine = Scheduler.CurrentEngine;
        _channel = new Chan<TimeSpan>(1);
        Reset(duration);
    }

    internal GoTimer(Engine engine, Func<Engine, Goroutine> make, TimeSpan duration)
    {
        _engine = engine;
        _make = make;
        Reset(duration);
    }

    /// <summary>
    /// Where the value comes: the time that has passed since the timer was set. That of a timer made by
    /// <see cref="Go.AfterFunc(TimeSpan, Action, string, int)"/> never gets one.
    /// </summary>
    public IReceiveChan<TimeSpan> Channel =>
        _channel ?? Interlocked.CompareExchange(ref _channel, new Chan<TimeSpan>(1), null) ?? _channel;

    /// <summary>Whether the time has still to pass. It may have passed when the caller looks at the answer.</summary>
    public bool IsActive => Volatile.Read(ref _shot) is not null;

    /// <summary>Stops it: no value comes and no goroutine starts, until <see cref="Reset"/>.</summary>
    /// <returns>
    /// True: the call has stopped it, before its time was over or before its value was received. False: it was not set, its value was
    /// received, or its goroutine has been started.
    /// </returns>
    public bool Stop()
    {
        _lock.Enter();
        bool wasActive = StopLocked();
        _lock.Exit();
        return wasActive;
    }

    /// <summary>Sets it anew, from now on, whether it was set or not.</summary>
    /// <param name="duration">How long, at least; zero or less: at once; <see cref="TimeSpan.MaxValue"/>: never.</param>
    /// <returns>As of <see cref="Stop"/>.</returns>
    public bool Reset(TimeSpan duration)
    {
        // Made here and not when it starts: it goes on with the AsyncLocal values of the caller, not with those of a scheduler's thread.
        var shot = new Shot(this, _make?.Invoke(_engine));
        _lock.Enter();
        bool wasActive = StopLocked();
        _shot = shot;
        if (duration != TimeSpan.MaxValue)
            shot.Begin(_engine, duration);
        _lock.Exit();
        return wasActive;
    }

    private string DebugText => IsActive ? "active" : _channel is { Count: > 0 } ? "over, its value not received" : "not active";

    private bool StopLocked()
    {
        bool wasActive = _shot is not null;
        _shot?.Cancel();
        _shot = null;
        return (_channel is not null && _channel.TryReceive(out _)) || wasActive;
    }

    /// <summary>
    /// The time of a shot is over. Stop and this exclude each other by the lock. If Stop comes first, the shot is not pending any more, and
    /// nothing happens. Otherwise Stop finds no shot, and takes the value back if it was not received.
    /// </summary>
    private void Fire(Shot shot)
    {
        _lock.Enter();
        bool isPending = _shot == shot;
        if (isPending)
        {
            _shot = null;
            if (shot.Goroutine is null)
                _channel!.TrySendUnlessClosed(shot.Passed);
        }

        _lock.Exit();
        if (isPending && shot.Goroutine is Goroutine goroutine)
            Start(goroutine);
    }

    private void Start(Goroutine goroutine)
    {
        try
        {
            _engine.Start(goroutine);
        }
        catch (ObjectDisposedException)
        {
            // The scheduler is being disposed: it starts nothing any more, and there is nobody to be told.
        }
    }

    /// <summary>One setting of the timer.</summary>
    private sealed class Shot(GoTimer timer, Goroutine? goroutine) : ITimerTarget
    {
        private TimerHeap? _heap;
        private long _start;

        internal Goroutine? Goroutine { get; } = goroutine;

        internal TimeSpan Passed => TimeSpan.FromTicks((MonotonicClock.Now - _start) / TimeSpan.NanosecondsPerTick);

        TimerEntryState ITimerTarget.EntryState { get; set; }

        internal void Begin(Engine engine, TimeSpan duration)
        {
            _start = MonotonicClock.Now;
            _heap = engine.AddTimer(_start + MonotonicClock.Nanoseconds(duration), this);
        }

        internal void Cancel() => _heap?.NoteCancelled(this);

        void ITimerTarget.Fire() => timer.Fire(this);
    }
}
