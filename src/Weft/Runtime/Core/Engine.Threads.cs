using System.Diagnostics;
using Weft.Runtime.Host;
using Weft.Runtime.Running;
using Weft.Runtime.Timers;
using Weft.Threads;

namespace Weft.Runtime.Core;

/// <content>How machines come, and how they go.</content>
internal sealed partial class Engine
{
    // Threads of machines and of the monitor that exist, existed, or are being made; less those reaped, it is what MaxThreads limits. Under
    // the lock.
    private long _threadsReserved;

    // Requests for machines made on threads that must not create any; served by the monitor, whose thread is clean. Under the lock.
    private readonly Queue<(Processor Processor, bool Spinning)> _creationRequests = new();

    /// <summary>Threads that exist or are being made: the machines and the monitor.</summary>
    internal int ThreadCount => (int)(Host.Created - Host.Reaped);

    internal int IdleMachineCount => _machines.IdleCount;

    /// <summary>Whether there was no thread to be had when one was last asked for.</summary>
    internal bool HasShortage => Volatile.Read(ref _shortage);

    internal int MachineCount => _machines.Count;

    /// <summary>
    /// Finds a machine for a processor that the caller has in its hands: the idle machine that went idle last, whose stack and caches are
    /// warm, or a new one. With <paramref name="spinning"/>, the machine is counted as looking for work already. During a shortage a new
    /// one is asked for only if no work can do without, or if the caller is the monitor, which <paramref name="retries"/>.
    /// </summary>
    private void StartMachine(Processor processor, bool spinning, bool retries = false)
    {
        _lock.Enter();
        if (_machines.NewestIdle is Machine idle)
        {
            _machines.RemoveIdle(idle);
            idle.Spinning = spinning;
            DeliverLocked(idle, processor, null);
            AssertInvariants();
            _lock.Exit();
            idle.Unpark();
            return;
        }

        if (IsStopped || !Platform.CreatesThreads)
        {
            if (spinning)
                Interlocked.Decrement(ref _spinning);
            PushIdle(processor);
            _lock.Exit();
            return;
        }

        if (_shortage && !retries && TryGiveToBound(processor, spinning))
            return;
        if (WeftThread.CallingThreadIsLocked)
        {
            // If the calling thread is another engine's, there may be no monitor: then that one's makes it.
            _creationRequests.Enqueue((processor, spinning));
            _lock.Exit();
            _monitor.WakeUp();
            _monitor.EnsureRunningElsewhere(TimeSpan.Zero);
            return;
        }

        if (Machine.Calling is not null && _monitor.IsRunning && _budget.NeedsLook(ThreadsReserved, MonotonicClock.Now))
        {
            // The monitor looks: it is in nobody's wait.
            _creationRequests.Enqueue((processor, spinning));
            _lock.Exit();
            _monitor.WakeUp();
            return;
        }

        Machine? machine = TryReserveAffordableMachine(out ThreadShortageCause cause);
        if (machine is null && TryGiveToBound(processor, spinning))
            return;
        if (machine is null)
        {
            GiveUp(processor, spinning);
            _lock.Exit();
            Host.CountRefused(wasCounted: false);
            OnShortage(cause, cause == ThreadShortageCause.Limit ? 0 : Platform.TryAgain);
            return;
        }

        machine.Spinning = spinning;
        DeliverLocked(machine, processor, null);
        AssertInvariants();
        _lock.Exit();
        int error = Launch(machine);
        if (error == 0)
            return;
        _lock.Enter();
        machine.NextProcessor = null;
        if (TryGiveToBound(processor, spinning))
            return;
        GiveUp(processor, spinning);
        _lock.Exit();
        OnShortage(ThreadShortageCause.Refused, error);
    }

    /// <summary>
    /// A machine that runs nothing but <paramref name="goroutine"/>, for a goroutine that asked for a thread nobody has used.
    /// </summary>
    /// <exception cref="ThreadLimitException">There is no thread to be had.</exception>
    /// <exception cref="PlatformNotSupportedException">The platform creates no threads.</exception>
    internal void StartFreshMachineFor(Goroutine goroutine)
    {
        RequireThreads();
        _lock.Enter();
        bool stopped = _stopRequested;
        Machine? machine = stopped ? null : TryReserveMachine();
        _lock.Exit();
        Misuse.ThrowIfDisposed(stopped, Options.Name, "LockOSThreadAsync gets no fresh thread");
        if (machine is null)
            throw new ThreadLimitException(
                $"Scheduler '{Options.Name}' has {ThreadCount} threads, "
                + $"and {nameof(SchedulerOptions.MaxThreads)} is {AllowedThreads.Threads}.");
        machine.Locked = goroutine;
        int error = Launch(machine);
        if (error != 0)
        {
            HaveAskedAgain(isKnown: false);
            throw new ThreadLimitException($"The system refused scheduler '{Options.Name}' a thread (error {error}).");
        }

        GoroutineExtra extra = goroutine.Extra;
        extra.MailSignal ??= new MailSignal();
        goroutine.LockedMachine = machine;
        extra.LockCount = 1;
    }

    /// <summary>
    /// The lock is held. Counts the machine before its thread exists, so that nobody takes the engine for dead meanwhile.
    /// </summary>
    private Machine? TryReserveMachine()
    {
        // The monitor's thread is counted although it may have to be started yet.
        int limit = AllowedThreads.Threads - (_monitor.IsRunning ? 0 : 1);
        if (_threadsReserved - Host.Reaped >= limit)
        {
            _lock.Exit();
            Host.Reaper.Reap();
            _lock.Enter();
            if (IsStopped || _threadsReserved - Host.Reaped >= limit)
                return null;
        }

        var machine = new Machine(this, ++_lastMachineId);
        _threadsReserved++;
        _machines.Creating++;
        _machines.Add(machine);
        return machine;
    }

    /// <summary>
    /// Starts the thread of a reserved machine; on failure the reservation is undone. No lock is held. The error, or zero.
    /// </summary>
    private int Launch(Machine machine)
    {
        Debug.Assert(!WeftThread.CallingThreadIsLocked, "A thread is made on one whose state it must not inherit.");
        int error = _monitor.EnsureRunning();
        if (error == 0)
            error = OSThread.TryStart(Host, machine, machine.ThreadName, Options.StackSize, out _);
        if (error != 0)
            ScarceThreads.NoteRefusal();
        _lock.Enter();
        _machines.Creating--;
        bool shortageOver = error == 0 && _shortage;
        if (shortageOver)
            _shortage = false;
        if (error != 0)
        {
            _machines.Remove(machine);
            NoteTaken(machine);
            _threadsReserved--;
            _budget.NoteRefusal(ThreadsReserved, MonotonicClock.Now);
        }

        _lock.Exit();
        if (shortageOver && AnyWork())
            Wake();
        return error;
    }

    /// <summary>Called by the monitor, on its clean thread: creates what others could not, and tries again what was refused.</summary>
    internal void ServeCreationRequests(bool retryShortage)
    {
        while (true)
        {
            _lock.Enter();
            bool any = _creationRequests.TryDequeue(out (Processor Processor, bool Spinning) request);
            bool shortage = _shortage;
            bool retries = false;
            _lock.Exit();
            if (!any && retryShortage && shortage)
            {
                retryShortage = false;
                bool work = AnyWork();
                if (!work)
                    FaultPoints.Hit("shortage.ending");
                long ticks = Processors.Sum(static p => (long)Volatile.Read(ref p.Tick));
                _lock.Enter();
                if (work)
                    _budget.NoteWaitingWork(ticks, ThreadsReserved, MonotonicClock.Now);
                if (!work)
                    _shortage = false;
                else if (_processors.TakeIdle() is Processor processor)
                    (any, retries, request) = (true, true, (processor, false));
                _lock.Exit();

                // Who published work after the look at it may have woken nobody because of the shortage.
                if (!work && AnyWork())
                    Wake();
            }

            if (!any)
                return;
            StartMachine(request.Processor, request.Spinning, retries);
        }
    }

    internal bool HasCreationRequests => _shortage || _creationRequests.Count > 0;

    /// <summary>
    /// Orders idle machines out whose time has come, oldest first, one after the other; when the next one's time comes, or
    /// <see cref="TimerHeap.Never"/>. Called by the monitor. Until it is taken off the list here, an idle machine can be called back.
    /// </summary>
    internal long RetireIdleMachines(long now)
    {
        while (true)
        {
            _lock.Enter();
            Machine? oldest = _machines.OldestIdle;
            if (oldest is null)
            {
                _lock.Exit();
                return TimerHeap.Never;
            }

            long due = oldest.IdleSince + IdleTimeout(_machines.IdleCount);
            if (due > now && !HasTooManyThreads(now))
            {
                _lock.Exit();
                return due;
            }

            _machines.RemoveIdle(oldest);
            oldest.Order = MachineOrder.Exit;
            AssertInvariants();
            _lock.Exit();
            FaultPoints.Hit("machine.retiring");
            oldest.Unpark();
            Host.Reaper.Reap(ThreadReaper.SomeThreads);
        }
    }

    /// <summary>
    /// How long the oldest of so many idle machines is kept, in nanoseconds: falls in a straight line from the longest time for one to the
    /// shortest for <see cref="SchedulerOptions.IdleThreadsAtMinTimeout"/> (the rule of XNU's work queues).
    /// </summary>
    private long IdleTimeout(int idle)
    {
        long longest = MonotonicClock.Nanoseconds(Options.IdleTimeout);
        long shortest = MonotonicClock.Nanoseconds(Options.MinIdleTimeout);
        int last = Options.IdleThreadsAtMinTimeout;
        return idle >= last ? shortest : longest - (long)((longest - shortest) * ((idle - 1) / (double)(last - 1)));
    }

    /// <summary>
    /// The end of a machine, on its thread. Its record leaves the list of all machines, then its processor goes on, and after that nothing
    /// here needs one: <see cref="OSThread"/> puts the thread on the list of those to be freed, and returns. In between the thread is on
    /// neither list, but its host holds it, and the monitor and the engine's end wait until as many threads were reaped as were created.
    /// </summary>
    private void ExitMachine(Machine machine)
    {
        StopSearching(machine);
        machine.Tainted |= machine.Locked is not null;
        _lock.Enter();
        _machines.Remove(machine);
        if (machine.IsShed)
            _machines.Shed--;
        machine.IsGone = true;

        // Something posted to its ended goroutine may have had another processor delivered here at the last moment.
        Processor? owned = machine.Processor;
        Processor? delivered = machine.NextProcessor;
        if (machine.NextGoroutine is Goroutine posted)
            _global.Enqueue(posted);
        machine.Processor = null;
        machine.NextProcessor = null;
        machine.NextGoroutine = null;
        NoteTaken(machine);
        if (delivered is { IsNone: true })
            delivered = null;
        if (owned is not null)
            TakeIntoHands(owned);
        if (delivered is not null)
            TakeIntoHands(delivered);
        AssertOwnsNothing(machine);
        AssertInvariants();
        _lock.Exit();
        FaultPoints.Hit("machine.unlinked");
        if (owned is not null)
            HandOff(owned);
        if (delivered is not null)
            HandOff(delivered);
        _lock.Enter();
        ExitLockAndTellOfRest();
        _monitor.WakeUp();
    }
}
