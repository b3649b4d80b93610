using Weft.Runtime.Host;
using Weft.Runtime.Running;

namespace Weft.Runtime.Core;

/// <content>How machines come.</content>
internal sealed partial class Engine
{
    /// <summary>Threads that exist or are being made: the machines and the monitor.</summary>
    internal int ThreadCount => (int)(Host.Created - Host.Reaped);

    internal int IdleMachineCount => _machines.IdleCount;

    /// <summary>Whether there was no thread to be had when one was last asked for.</summary>
    internal bool HasShortage => _factory.HasShortage;

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
            HandTo(idle, processor, null);
            AssertInvariants();
            _lock.Exit();
            idle.Unpark();
            return;
        }

        if (IsStopped || !Platform.CreatesThreads)
        {
            ForgetSearcher(spinning);
            PushIdle(processor);
            _lock.Exit();
            return;
        }

        if (_factory.HasShortage && !retries && TryHandToBound(processor, spinning))
            return;
        if (WeftThread.CallingThreadIsLocked)
        {
            // If the calling thread is another engine's, there may be no monitor: then that one's makes it.
            _factory.Request(processor, spinning);
            _lock.Exit();
            _monitor.WakeUp();
            _monitor.EnsureRunningElsewhere(TimeSpan.Zero);
            return;
        }

        if (Machine.Calling is not null && _monitor.IsRunning && _factory.NeedsLook)
        {
            // The monitor looks: it is in nobody's wait.
            _factory.Request(processor, spinning);
            _lock.Exit();
            _monitor.WakeUp();
            return;
        }

        Machine? machine = _factory.TryReserveAffordable(out ThreadShortageCause cause);
        if (machine is null && TryHandToBound(processor, spinning))
            return;
        if (machine is null)
        {
            MakeIdle(processor, spinning);
            _lock.Exit();
            Host.CountRefused(wasCounted: false);
            OnShortage(cause, cause == ThreadShortageCause.Limit ? 0 : Platform.TryAgain);
            return;
        }

        machine.Spinning = spinning;
        HandTo(machine, processor, null);
        AssertInvariants();
        _lock.Exit();
        int error = _factory.Launch(machine);
        if (error == 0)
            return;
        _lock.Enter();
        machine.NextProcessor = null;
        if (TryHandToBound(processor, spinning))
            return;
        MakeIdle(processor, spinning);
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
        Machine? machine = stopped ? null : _factory.TryReserve();
        _lock.Exit();
        Misuse.ThrowIfDisposed(stopped, Options.Name, "LockOSThreadAsync gets no fresh thread");
        if (machine is null)
        {
            throw new ThreadLimitException(
                $"Scheduler '{Name}' has {ThreadCount} threads, and {nameof(SchedulerOptions.MaxThreads)} is {AllowedThreads.Threads}.");
        }

        machine.Locked = goroutine;
        int error = _factory.Launch(machine);
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

    /// <summary>Called by the monitor, on its clean thread: creates what others could not, and tries again what was refused.</summary>
    internal void ServeCreationRequests(bool retryShortage)
    {
        while (true)
        {
            _lock.Enter();
            bool any = _factory.TryDequeueRequest(out (Processor Processor, bool Spinning) request);
            bool shortage = _factory.HasShortage;
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
                    _factory.NoteWaitingWork(ticks);
                if (!work)
                    _factory.HasShortage = false;
                else if (_processors.PopIdle() is Processor processor)
                    (any, retries, request) = (true, true, (processor, false));
                _lock.Exit();

                // A publisher of work that came after the look may have woken no machine because of the shortage.
                if (!work && AnyWork())
                    Wake();
            }

            if (!any)
                return;
            StartMachine(request.Processor, request.Spinning, retries);
        }
    }

    internal bool HasCreationRequests => _factory.HasShortage || _factory.HasRequests;
}
