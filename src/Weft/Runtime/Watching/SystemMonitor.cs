using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Runtime.Timers;
using Weft.Threads;

namespace Weft.Runtime.Watching;

/// <summary>
/// A thread beside the machines that needs no processor. It takes processors from machines that block or compute, fires timers nobody
/// else fires in time, orders idle machines out, reaps exited threads, and creates threads on behalf of machines that must not. It is made
/// with the first machine and is the last to go.
/// </summary>
/// <remarks>
/// It naps for 20 us up to 10 ms while there is something to watch, and sleeps deeply, until the next thing that has a time, when there is
/// not. <see cref="Watcher"/> argues why nothing is left alone meanwhile.
/// </remarks>
internal sealed partial class SystemMonitor : Watcher, IThreadBody
{
    /// <summary>In nanoseconds, the shortest nap: about what a hand-off costs; Go's figure.</summary>
    private const long ShortestNap = 20_000;

    /// <summary>In nanoseconds, the longest nap: a time slice; Go's figure.</summary>
    private const long LongestNap = 10_000_000;

    /// <summary>
    /// Naps of the shortest length before they start to double: 1 ms of close watching after the last hand-off; Go's figure.
    /// </summary>
    private const int RoundsBeforeDoubling = 50;

    private readonly Engine _engine;

    private volatile OSThread? _thread;

    // The monitor's own: how long it naps, and for how many rounds nothing has happened.
    private long _nap = ShortestNap;
    private int _quietRounds;

    internal SystemMonitor(Engine engine)
        : base(engine.Platform)
    {
        _engine = engine;
        _processors = new ProcessorWatch(engine);
        Deadlocks = new DeadlockWatch(engine);
        _duties =
        [
            CreateThreads,
            DoErrands,
            DoThreadErrands,
            FireTimers,
            WatchProcessors,
            RetireMachines,
            GoOnWithStop,
            FreeThreads,
            TrimStacks,
        ];
        Enlist();
    }

    /// <summary>For tests.</summary>
    internal DeadlockWatch Deadlocks { get; }

    private protected override bool IsOver => _engine.IsStopped;

    /// <inheritdoc/>
    internal override int EnsureRunning()
    {
        if (IsRunning || !_engine.Platform.CreatesThreads)
            return 0;
        if (!_engine.TryMarkMonitorRunning())
            return 0;
        _thread = null;
        SchedulerOptions options = _engine.Options;
        int error = OSThread.TryStart(_engine.Host, this, $"{options.Name}-mon", options.StackSizeBytes, out OSThread? thread);
        if (error != 0)
        {
            _engine.UnmarkMonitorRunning();
            ScarceThreads.NoteRefusal();
        }
        else
        {
            _thread = thread;
        }

        return error;
    }

    /// <inheritdoc/>
    internal override void AwaitSearches() => LeakSearch.WaitForEnd();

    void IThreadBody.Run()
    {
        BecomeCallingThread();
        (_nap, _quietRounds, _retryAt) = (ShortestNap, 0, 0);
        while (true)
        {
            long now = MonotonicClock.Now;
            _engine.AssertNothingForgotten(now);
            _isActive = false;
            long until = TimerHeap.Never;
            foreach (Duty duty in _duties)
                until = Math.Min(until, duty(now));

            if (_isActive)
                (_nap, _quietRounds) = (ShortestNap, 0);
            else if (++_quietRounds > RoundsBeforeDoubling)
                _nap = Math.Min(_nap * 2, LongestNap);

            bool nothingToWatch = _engine.IdleProcessorCount >= _engine.MaxProcs || (_nap == LongestNap && !_engine.AnyWork());
            if (_isActive || !nothingToWatch)
            {
                Sleep(Math.Min(until, MonotonicClock.Now + _nap));
                continue;
            }

            long suspectAt = Deadlocks.Check(now);
            until = Math.Min(until, suspectAt);
            if (_engine.MachineCount == 0 && _engine.ThreadCount > 1)
            {
                until = Math.Min(until, MonotonicClock.Now + ReapNap); // the last machines are on their way out
            }
            else if (_engine.MachineCount == 0 && suspectAt == TimerHeap.Never)
            {
                if (TryLeave())
                    return;

                // Something came between, and may be gone again.
                if (until == TimerHeap.Never)
                    until = MonotonicClock.Now + (ScarceThreads.MayBeRefused ? RetryPause : ReapNap);
            }

            SleepDeeply(until);
            (_nap, _quietRounds) = (ShortestNap, 0);
        }
    }

    private void SleepDeeply(long until)
    {
        FaultPoints.Hit("monitor.deep");
#if DEBUG
        // A wake-up that was lost wakes nobody: it is looked for.
        until = Math.Min(until, MonotonicClock.Now + (Engine.ForgottenBound / 4));
#endif
        BeginDeepSleep();
        bool anyWork = _engine.AnyWork();

        // For work beside an idle processor a machine is on its way; unless none was woken, or there is no thread.
        if (anyWork && _engine.IdleProcessorCount > 0)
            Sleep(Math.Min(until, MonotonicClock.Now + LongestNap));
        else if (!anyWork)
            Sleep(until);
        EndDeepSleep();
    }

    private bool TryLeave()
    {
        if (NextTimer() != TimerHeap.Never && !_engine.IsStopping)
            return false;

        // The pool joins the last thread. Where it may get no thread for that, the monitor waits: its stack would stay behind.
        if (ScarceThreads.MayBeRefused && !_engine.IsStopping)
            return false;
        OSThread self = Self();
        FaultPoints.Hit("monitor.leaving");
        if (!_engine.TryMarkMonitorGone())
            return false;
        FaultPoints.Hit("monitor.gone");

        // A timer added before the mark saw a running monitor; one added after it starts another. If that was refused, it has cleared the
        // field.
        if (!_engine.IsStopping && NextTimer() != TimerHeap.Never && _engine.TryMarkMonitorStays())
        {
            _thread = self;
            return false;
        }

        _engine.Host.Stacks.TrimAll();
        HeapTrim.NowAndAfterACollection(_engine.Platform);
        LeaveToBeReaped(self);
        return true;
    }

    /// <summary>The thread of the monitor, on that thread: waits for the creator, which is about to store it.</summary>
    private OSThread Self()
    {
        OSThread? self;
        while ((self = _thread) is null)
            _engine.Platform.Yield();
        return self;
    }

    /// <summary>
    /// The last thread to go is joined by a thread of the pool, as no other thread of ours is left to do it. If threads have become scarce
    /// at this very moment, the next caller of the engine joins it. A stop that every caller has given up must not wait for that.
    /// </summary>
    private void LeaveToBeReaped(OSThread self)
    {
        if (_engine.IsStopping || !ScarceThreads.MayBeRefused)
        {
            ScarceThreads.Try(
                static s => ThreadPool.UnsafeQueueUserWorkItem(static s => s.monitor.ReapLastThread(s.self), s, preferLocal: false),
                (monitor: this, self));
        }
    }

    private void ReapLastThread(OSThread thread)
    {
        thread.Join();
        if (!IsRunning)
            _engine.Host.Stacks.TrimAll();
        if (_engine.IsStopping)
            _engine.TryFinishStop();
    }
}
