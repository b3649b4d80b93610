using Weft.Diagnostics;
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
/// not. Before a deep sleep it publishes that (<see cref="_deep"/>), has every CPU that runs a thread of the process execute a full fence,
/// and looks at the queues again; who publishes work for which there is no idle processor, or for which nobody is woken, reads <c>_deep</c>
/// afterwards, with no fence but that one. One of the two sees the other's store: so work that waits behind blocked machines always has the
/// monitor awake, and work that waits at one processor beside an idle one is seen within 20 ms, two looks.
/// </remarks>
internal sealed partial class SystemMonitor : IThreadBody
{
    /// <summary>The shortest nap: about what a hand-off costs; Go's figure.</summary>
    private const long ShortestNap = 20_000;

    /// <summary>The longest nap: a time slice; Go's figure.</summary>
    private const long LongestNap = 10_000_000;

    /// <summary>
    /// Naps of the shortest length before they start to double: 1 ms of close watching after the last hand-off; Go's figure.
    /// </summary>
    private const int RoundsBeforeDoubling = 50;

    /// <summary>While exited threads wait to be reaped. A thread is gone some 50 us after it left its code.</summary>
    private const long ReapNap = 200_000;

    /// <summary>A refused thread is asked for again after this long.</summary>
    private const long RetryPause = 10_000_000;

    /// <summary>Stacks that were not used for this long are unmapped.</summary>
    private static readonly TimeSpan s_stackAge = TimeSpan.FromSeconds(2);

    private readonly Engine _engine;
    private readonly Parker _parker;
    private readonly StallRelief _relief = new();

    private volatile bool _running;
    private volatile OSThread? _thread;

    // 1 while the monitor sleeps deeply, or is about to.
    private int _deep;

    // When the monitor will look at the timers again, at the latest.
    private long _wakeAt = TimerHeap.Never;

    internal SystemMonitor(Engine engine)
    {
        _engine = engine;
        _parker = new Parker(engine.Platform);
    }

    /// <summary>Whether it has a thread, or is about to.</summary>
    internal bool IsRunning => _running;

    /// <summary>Work was published and no processor is idle: makes sure that somebody watches the machines.</summary>
    internal void EnsureWatching()
    {
        if (Volatile.Read(ref _deep) != 0 && Interlocked.Exchange(ref _deep, 0) != 0)
            WakeUp();
    }

    internal void WakeUp() => _parker.Unpark();

    /// <summary>A machine has become idle; the next to be ordered out is due then. Follows a full fence.</summary>
    /// <remarks>
    /// While the monitor is awake (0) it may have looked at the idle machines already: it is told to look again, which costs no system
    /// call. The old time of a sleep that is ending can be read here only if the monitor is yet to look.
    /// </remarks>
    internal void NoteIdleMachine(long retireAt)
    {
        long wakeAt = Volatile.Read(ref _wakeAt);
        if (wakeAt == 0 || retireAt < wakeAt)
            WakeUp();
    }

    /// <summary>A timer was added. Either the monitor is seen here to sleep too long, or it sees the timer before it sleeps.</summary>
    internal void NoteTimer(long due)
    {
        if (!_running)
        {
            if (Machine.CallingThreadIsLocked)
                EnsureRunningElsewhere(TimeSpan.Zero);
            else if (EnsureRunning() != 0)
                EnsureRunningElsewhere(RefusalPause);
        }
        else if (due < Volatile.Read(ref _wakeAt))
        {
            WakeUp();
        }
    }

    /// <summary>Starts the thread if there is none; not to be called on a locked machine. The system's error, or zero.</summary>
    internal int EnsureRunning()
    {
        if (_running || !_engine.Platform.CreatesThreads)
            return 0;
        if (!_engine.TryMarkMonitorRunning(() => _running = true))
            return 0;
        _thread = null;
        SchedulerOptions options = _engine.Options;
        int error = OSThread.TryStart(_engine.Host, this, $"{options.Name}-mon", options.StackSizeBytes, out OSThread? thread);
        if (error != 0)
        {
            _engine.UnmarkMonitorRunning(() => _running = false);
            ScarceThreads.NoteRefusal();
        }
        else
        {
            _thread = thread;
        }

        return error;
    }

    void IThreadBody.Run()
    {
        t_calling = this;
        long nap = ShortestNap;
        int quietRounds = 0;
        long retryAt = 0;
        while (true)
        {
            long now = MonotonicClock.Now;
            bool retry = now >= retryAt;
            if (retry)
                retryAt = now + RetryPause;
            _engine.ServeCreationRequests(retry);
            RunErrands();
            long errandsAt = RunThreadErrands(now);
            _engine.AssertNothingForgotten(now);
            bool active = FireTimers(now) | Retake(now, closely: nap == ShortestNap);
            long until = _engine.RetireIdleMachines(now);
            if (_engine.IsStopping)
            {
                // Whoever asked for it may be gone: interrupted, or tired of waiting.
                _engine.OrderOutIfQuiet();
                until = Math.Min(until, now + LongestNap);
            }

            _engine.Host.Reaper.Reap();
            until = Math.Min(until, Math.Min(errandsAt, NextTimer()));
            if (_engine.HasCreationRequests)
                until = Math.Min(until, retryAt);
            if (_engine.Host.Reaper.Count > 0)
                until = Math.Min(until, now + ReapNap);
            else if (TrimStacks(now) is long trim && trim < until)
                until = trim;

            if (active)
                (nap, quietRounds) = (ShortestNap, 0);
            else if (++quietRounds > RoundsBeforeDoubling)
                nap = Math.Min(nap * 2, LongestNap);

            bool nothingToWatch = _engine.IdleProcessorCount >= _engine.MaxProcs || (nap == LongestNap && !_engine.AnyWork());
            if (active || !nothingToWatch)
            {
                Sleep(Math.Min(until, MonotonicClock.Now + nap));
                continue;
            }

            long suspect = _engine.CheckDeadlock(now);
            until = Math.Min(until, suspect);
            if (_engine.MachineCount == 0)
            {
                if (_engine.ThreadCount > 1)
                    until = Math.Min(until, MonotonicClock.Now + ReapNap); // the last machines are on their way out
                else if (suspect == TimerHeap.Never)
                {
                    if (TryExit())
                        return;
                    // Or something came between, and may be gone again.
                    if (until == TimerHeap.Never)
                        until = MonotonicClock.Now + (ScarceThreads.MayBeRefused ? RetryPause : ReapNap);
                }
            }

            SleepDeeply(until);
            (nap, quietRounds) = (ShortestNap, 0);
        }
    }

    /// <summary>Sleeps until then, or until woken, or not at all if a timer came that is due before.</summary>
    private void Sleep(long until)
    {
        Volatile.Write(ref _wakeAt, until);
        Interlocked.MemoryBarrier();
        if (NextTimer() >= until)
        {
            if (until == TimerHeap.Never)
                _parker.Park();
            else if (until - MonotonicClock.Now is > 0 and long left)
                _parker.Park(left);
        }

        Volatile.Write(ref _wakeAt, 0);
    }

    private void SleepDeeply(long until)
    {
        FaultPoints.Hit("monitor.deep");
#if DEBUG
        // A wake-up that was lost wakes nobody: it is looked for.
        until = Math.Min(until, MonotonicClock.Now + (Engine.ForgottenBound / 4));
#endif
        Interlocked.Exchange(ref _deep, 1);
        Interlocked.MemoryBarrierProcessWide();
        bool anyWork = _engine.AnyWork();
        // A machine is on its way to that work; unless none was woken, or there is no thread.
        if (anyWork && _engine.IdleProcessorCount > 0)
            Sleep(Math.Min(until, MonotonicClock.Now + LongestNap));
        else if (!anyWork)
            Sleep(until);
        Volatile.Write(ref _deep, 0);
    }

    /// <summary>
    /// Whether goroutines wait at a processor for which nobody was woken, while another is idle: its machine has gone on with one goroutine
    /// since the last look, or there was work at each look for 10 ms. (Work that is seen once may be a goroutine that is about to be run.)
    /// </summary>
    private bool IsLeftAlone(Processor processor, bool isStill, long now)
    {
        MonitorSample sample = processor.Sample;
        if (_engine.IdleProcessorCount == 0 || !processor.HasWork)
        {
            sample.HasWorkSince = MonitorSample.Never;
            return false;
        }

        if (sample.HasWorkSince == MonitorSample.Never)
            sample.HasWorkSince = now;
        return isStill || now - sample.HasWorkSince >= LongestNap;
    }

    private bool TryExit()
    {
        if (NextTimer() != TimerHeap.Never && !_engine.IsStopping)
            return false;

        // The pool joins the last thread. Where it may get no thread for that, the monitor waits: its stack would stay behind.
        if (ScarceThreads.MayBeRefused && !_engine.IsStopping)
            return false;
        OSThread self = Self();
        FaultPoints.Hit("monitor.leaving");
        if (!_engine.TryMarkMonitorGone(() => _running = false))
            return false;
        FaultPoints.Hit("monitor.gone");

        // A timer added before the mark saw a running monitor; one added after it starts another. If that was refused, it has cleared the
        // field.
        if (!_engine.IsStopping && NextTimer() != TimerHeap.Never && _engine.TryMarkMonitorStays(() => (_running, _thread) = (true, self)))
            return false;
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

    private long? TrimStacks(long now)
    {
        if (_engine.Host.Stacks.BytesCached == 0)
            return null;
        _engine.Host.Stacks.Trim(s_stackAge);
        return _engine.Host.Stacks.BytesCached == 0 ? null : now + MonotonicClock.Nanoseconds(s_stackAge);
    }

    private long NextTimer()
    {
        long next = TimerHeap.Never;
        foreach (Processor processor in _engine.Processors)
            next = Math.Min(next, processor.Timers.NextDue);
        return next;
    }

    private bool FireTimers(long now)
    {
        int fired = 0;
        foreach (Processor processor in _engine.Processors)
        {
            if (processor.Timers.NextDue <= now)
                fired += processor.Timers.FireDue(now);
        }

        return fired > 0;
    }

    /// <summary>
    /// Takes processors from machines that sleep in calls, or compute for too long, while goroutines wait and no processor is idle. A
    /// machine's state, which costs microseconds to read, is read only if it has run the same goroutine since the last look; or at once
    /// while hand-offs come one after the other (<paramref name="closely"/>), as goroutines that block at once come in crowds.
    /// </summary>
    private bool Retake(long now, bool closely)
    {
        bool taken = false;
        long lastTurn = 0;
        foreach (Processor processor in _engine.Processors)
        {
            MonitorSample sample = processor.Sample;
            Machine? machine = Volatile.Read(ref processor.Owner);
            int tick = Volatile.Read(ref processor.Tick);
            bool isStill = machine is not null && machine == sample.Machine && tick == sample.Tick;
            if (IsLeftAlone(processor, isStill, now) && !FaultPoints.NoSecondChance)
            {
                sample.HasWorkSince = now;
                _engine.Wake();
            }

            if (!isStill)
            {
                sample.Machine = machine;
                sample.Tick = tick;
                sample.Since = now;
            }

            if (processor.Id < _engine.MaxProcs)
                lastTurn = Math.Max(lastTurn, sample.Since);
            if (machine is null || !(isStill || closely))
                continue;
            if (_engine.IdleProcessorCount > 0 || machine.WasInScheduler || !_engine.AnyWork())
                continue;
            bool blocked = _engine.Platform.GetActivity(machine.ThreadId) == ThreadActivity.Blocked;
            if (blocked)
                taken |= _engine.TryTake(processor, machine, HandOffCause.Monitor);
            else if (now - sample.Since >= MonotonicClock.Nanoseconds(_engine.Options.TimeSlice))
                taken |= _engine.TryTake(processor, machine, HandOffCause.TimeSlice);
        }

        return taken | RelieveStall(now, lastTurn);
    }

    /// <summary>Gives waiting goroutines their turn if none has had one for long because others compute; whether any got one.</summary>
    private bool RelieveStall(long now, long lastTurn)
    {
        if (!_engine.ManyCompute || _engine.IdleProcessorCount > 0 || !_engine.AnyWork())
            return false;
        int turns = _relief.TurnsDue(now, lastTurn, MonotonicClock.Nanoseconds(_engine.Options.TimeSlice));
        return turns > 0 && _engine.RunWithoutProcessor(turns) > 0;
    }
}
