using System.Diagnostics;
using Weft.Runtime.Host;
using Weft.Threads;

namespace Weft.Runtime.Core;

/// <summary>
/// Makes the machines of an engine: counts threads against what the scheduler may have, and remembers what was asked for and what was
/// refused. Under the engine's lock, but for the members that say otherwise. Which work gets a machine is the engine's to decide.
/// </summary>
internal sealed class MachineFactory
{
    private readonly Engine _engine;
    private readonly ThreadBudget _budget;

    // Requests for machines made on threads that must not create any; served by the monitor, whose thread is clean.
    private readonly Queue<(Processor Processor, bool Spinning)> _requests = new();

    // Threads of machines and of the monitor that exist, existed, or are being made.
    private long _reserved;
    private int _lastId;
    private bool _hasShortage;

    internal MachineFactory(Engine engine, IThreadLimits? limits)
    {
        _engine = engine;
        _budget = new ThreadBudget(limits, engine.Platform.FindThreadLimits);
    }

    /// <summary>
    /// Whether there was no thread to be had when one was last asked for. Then the monitor asks again, and nobody else does. May be read
    /// without the lock.
    /// </summary>
    internal bool HasShortage
    {
        get => Volatile.Read(ref _hasShortage);
        set => Volatile.Write(ref _hasShortage, value);
    }

    /// <summary>Whether the monitor has been asked for machines. May be read without the lock.</summary>
    internal bool HasRequests => _requests.Count > 0;

    /// <summary>Threads that exist or are being made; it is what <see cref="SchedulerOptions.MaxThreads"/> limits.</summary>
    internal long Threads => _reserved - _engine.Host.Reaped;

    /// <summary>Whether the system has refused a thread. May be read without the lock.</summary>
    internal bool HasLimit => _budget.HasLimit;

    /// <summary>Whether the system should be asked first what is left, which a thread inside a wait must not do.</summary>
    internal bool NeedsLook => _budget.NeedsLook(Threads, MonotonicClock.Now);

    /// <summary>The monitor's thread is being made.</summary>
    internal void AddMonitor() => _reserved++;

    /// <summary>It was refused.</summary>
    internal void RemoveMonitor() => _reserved--;

    /// <summary>A machine without a thread of its own; it counts for nothing.</summary>
    internal Machine MakeWithoutThread() => new(_engine, ++_lastId);

    /// <summary>Has the monitor find a machine for a processor, which is in its hands from now on.</summary>
    internal void Request(Processor processor, bool spinning) => _requests.Enqueue((processor, spinning));

    /// <summary>The next request, if there is one.</summary>
    internal bool TryDequeueRequest(out (Processor Processor, bool Spinning) request) => _requests.TryDequeue(out request);

    /// <summary>Whether there are more machines than the system leaves room for. Those that are on their way out do not count.</summary>
    internal bool HasTooMany(long now) =>
        _budget.HasLimit && _budget.IsExceededBy(_engine.Machines.Count + 1 - _engine.Machines.Shed, now);

    /// <summary>Work waits for a thread. <paramref name="ticks"/> grows with each goroutine that is run.</summary>
    internal void NoteWaitingWork(long ticks) => _budget.NoteWaitingWork(ticks, Threads, MonotonicClock.Now);

    /// <summary>
    /// A machine, counted before its thread exists, so that nobody takes the engine for dead meanwhile; null if the scheduler has as many
    /// threads as it may. Leaves the lock for a moment.
    /// </summary>
    internal Machine? TryReserve()
    {
        // The monitor's thread is counted although it may have to be started yet.
        int limit = _engine.AllowedThreads.Threads - (_engine.Monitor.IsRunning ? 0 : 1);
        if (Threads >= limit)
        {
            _engine.Lock.Exit();
            _engine.Host.Reaper.Reap();
            _engine.Lock.Enter();
            if (_engine.IsStopped || Threads >= limit)
                return null;
        }

        var machine = new Machine(_engine, ++_lastId);
        _reserved++;
        _engine.Machines.Creating++;
        _engine.Machines.Add(machine);
        return machine;
    }

    /// <summary>
    /// <see cref="TryReserve"/>, if the system has threads to spare. May leave the lock to ask the system.
    /// </summary>
    /// <param name="cause">Why there is none.</param>
    internal Machine? TryReserveAffordable(out ThreadShortageCause cause)
    {
        cause = ThreadShortageCause.Refused;
        long now = MonotonicClock.Now;
        if (!_budget.Allows(Threads, now))
            return null;
        if (Machine.Calling is null && _budget.NeedsLook(Threads, now))
        {
            _engine.Lock.Exit();
            ThreadRoom room = _budget.Look();
            _engine.Lock.Enter();
            if (!_budget.NoteRoom(room, Threads, now))
                return null;
        }

        cause = ThreadShortageCause.Limit;
        return _engine.IsStopped ? null : TryReserve();
    }

    /// <summary>
    /// Starts the thread of a reserved machine; on failure the reservation is undone. No lock is held. The error, or zero.
    /// </summary>
    internal int Launch(Machine machine)
    {
        Debug.Assert(!WeftThread.CallingThreadIsLocked, "A thread is made on one whose state it must not inherit.");
        int error = _engine.Monitor.EnsureRunning();
        if (error == 0)
            error = OSThread.TryStart(_engine.Host, machine, machine.ThreadName, _engine.Options.StackSizeBytes, out _);
        if (error != 0)
            ScarceThreads.NoteRefusal();
        _engine.Lock.Enter();
        _engine.Machines.Creating--;
        bool isShortageOver = error == 0 && _hasShortage;
        if (isShortageOver)
            HasShortage = false;
        if (error != 0)
        {
            _engine.Machines.Remove(machine);
            _engine.Machines.NoteTaken(machine);
            _reserved--;
            _budget.NoteRefusal(Threads, MonotonicClock.Now);
        }

        _engine.Lock.Exit();
        if (isShortageOver && _engine.AnyWork())
            _engine.Wake();
        return error;
    }

    /// <summary>What does not hold, in words; null when all is well.</summary>
    internal string? FindBroken() =>
        Threads > _engine.AllowedThreads.Threads
            ? $"{Threads} threads exist or are being made, and {_engine.AllowedThreads.Threads} may."
            : null;
}
