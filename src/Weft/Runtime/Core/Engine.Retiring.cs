using Weft.Runtime.Host;
using Weft.Runtime.Timers;
using Weft.Threads;

namespace Weft.Runtime.Core;

/// <content>How machines go.</content>
internal sealed partial class Engine
{
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
            if (due > now && !_factory.HasTooMany(now))
            {
                _lock.Exit();
                return due;
            }

            _machines.RemoveIdle(oldest);
            oldest.Order = MachineOrder.Leave;
            AssertInvariants();
            _lock.Exit();
            FaultPoints.Hit("machine.retiring");
            oldest.Unpark();
            Host.Reaper.Reap(ThreadReaper.SomeThreads);
        }
    }

    /// <summary>
    /// How long the oldest of <paramref name="idle"/> idle machines is kept, in nanoseconds: falls in a straight line from the longest time
    /// for one to the shortest for <see cref="SchedulerOptions.IdleThreadsAtMinTimeout"/> (the rule of XNU's work queues).
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
    private void LeaveForGood(Machine machine)
    {
        StopSearching(machine);
        machine.Tainted |= machine.Locked is not null;
        _lock.Enter();
        _machines.Remove(machine);
        if (machine.IsShed)
            _machines.Shed--;
        machine.IsGone = true;

        // Something posted to its ended goroutine may have had another processor handed over here at the last moment.
        Processor? owned = machine.Processor;
        Processor? handed = machine.NextProcessor;
        if (machine.NextGoroutine is Goroutine posted)
            _global.Enqueue(posted);
        machine.Processor = null;
        machine.NextProcessor = null;
        machine.NextGoroutine = null;
        _machines.NoteTaken(machine);
        if (handed is { IsNone: true })
            handed = null;
        if (owned is not null)
            Disown(owned);
        if (handed is not null)
            Disown(handed);
        AssertOwnsNothing(machine);
        AssertInvariants();
        _lock.Exit();
        FaultPoints.Hit("machine.unlinked");
        if (owned is not null)
            HandOff(owned);
        if (handed is not null)
            HandOff(handed);
        _lock.Enter();
        ExitLockAndTellOfRest();
        _monitor.WakeUp();
    }
}
