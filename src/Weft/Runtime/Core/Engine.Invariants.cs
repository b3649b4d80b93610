using System.Diagnostics;

namespace Weft.Runtime.Core;

/// <content>
/// What must hold whenever the engine's lock is free. Debug builds look at it each time a machine or a processor has changed its state, so
/// that a race that breaks it ends the process there and not a second later, somewhere else.
/// </content>
internal sealed partial class Engine
{
    /// <summary>With more machines than this the look at each is left out most times: a burst of thousands would cost its square.</summary>
    private const int MachinesAlwaysChecked = 32;

    /// <summary>
    /// Of the looks left out, one in this many is done after all. A prime, so that it does not fall into step with a burst.
    /// </summary>
    private const int CheckInterval = 97;

    /// <summary>
    /// In nanoseconds, how long a goroutine may wait in a queue while a processor is idle and nobody is on the way to it. Between
    /// publishing the one and waking the other a thread may lose its CPU, for a good part of a second on a busy machine; never for this
    /// long.
    /// </summary>
    internal const long ForgottenBound = 5_000_000_000;

    private int _checksLeftOut;

    // The monitor's own: since when work has looked forgotten, and how many goroutines had been run then.
    private long _forgottenSince;
    private long _forgottenTicks = -1;

    /// <summary>Debug builds only: ends the process if something is broken. The lock is held.</summary>
    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        _lock.AssertHeld();
        bool all = _machines.Count <= MachinesAlwaysChecked || ++_checksLeftOut % CheckInterval == 0;
        string? broken = _processors.FindBroken() ?? FindBrokenCount() ?? (all ? _machines.FindBroken() : null);
        Debug.Assert(broken is null, broken);
    }

    /// <summary>What does not hold, in words; null when all is well. The lock is not held.</summary>
    internal string? FindBrokenInvariant()
    {
        _lock.Enter();
        string? broken = _processors.FindBroken() ?? FindBrokenCount() ?? _machines.FindBroken();
        _lock.Exit();
        return broken;
    }

    private string? FindBrokenCount()
    {
        if (_machines.Blocked < 0 || _machines.Creating < 0 || _machines.WaitingForGoroutine < 0 || Volatile.Read(ref _spinning) < 0)
        {
            return $"A count fell below zero: blocked {_machines.Blocked}, being made {_machines.Creating}, "
                + $"waiting {_machines.WaitingForGoroutine}, looking for work {_spinning}.";
        }

        if (_factory.FindBroken() is string broken)
            return broken;
        return IsStopped && _machines.Count > 0 ? $"The engine has stopped with {_machines.Count} machines." : null;
    }

    /// <summary>Debug builds only: a machine that retires owns no processor and is on no list. The lock is held.</summary>
    [Conditional("DEBUG")]
    private void AssertOwnsNothing(Machine machine)
    {
        Debug.Assert(
            machine is { Processor: null, NextProcessor: null, NextGoroutine: null, IsIdle: false },
            "A machine that retires has work.");
        Debug.Assert(machine is { AllNext: null, AllPrevious: null } && _machines.First != machine, "A machine that retires is listed.");
        foreach (Processor processor in Processors)
            Debug.Assert(processor.Owner != machine, "A machine that retires owns a processor.");
    }

    /// <summary>Debug builds only: the machine may run the goroutine; a tainted machine runs nothing but what belongs to it.</summary>
    [Conditional("DEBUG")]
    private static void AssertMayRun(Machine machine, Goroutine goroutine)
    {
        Debug.Assert(machine.Locked is null || machine.Locked == goroutine, "A locked machine runs another goroutine.");
        Debug.Assert(!machine.Tainted || machine.Locked == goroutine, "A tainted machine runs a goroutine.");
        Debug.Assert(!machine.IsAhead, "A machine is still ahead for the goroutine that it ran before.");
        Debug.Assert(!machine.IsIdle && !machine.IsGone, "An idle machine, or one on its way out, runs a goroutine.");
    }

    /// <summary>
    /// Debug builds only, called by the monitor: work in a queue, an idle processor and nobody on the way from the one to the other is a
    /// wake-up that was lost, if it stays like that.
    /// </summary>
    [Conditional("DEBUG")]
    internal void AssertNothingForgotten(long now)
    {
        bool nobodyComes = Volatile.Read(ref _spinning) == 0 && !_stopRequested && !_factory.HasShortage;
        bool looksForgotten = IdleProcessorCount > 0 && nobodyComes && AnyWork();
        long ticks = 0;
        _lock.Enter();
        looksForgotten &= _machines.Creating == 0 && !_factory.HasRequests;
        foreach (Processor processor in Processors)
        {
            ticks += processor.Tick;
            looksForgotten &= !processor.InTransit;
        }

        _lock.Exit();
        if (!looksForgotten || ticks != _forgottenTicks)
            (_forgottenTicks, _forgottenSince) = (looksForgotten ? ticks : -1, now);
        Debug.Assert(!looksForgotten || now - _forgottenSince < ForgottenBound, "A goroutine waits in a queue while a processor is idle.");
    }
}
