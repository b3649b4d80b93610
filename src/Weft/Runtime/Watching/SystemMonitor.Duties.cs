using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Runtime.Timers;

namespace Weft.Runtime.Watching;

/// <content>
/// What the monitor does in each round, in this order. A duty is given the time, in nanoseconds on the monotonic clock, and returns when
/// its turn comes next at the latest, on the same clock; <see cref="TimerHeap.Never"/> if it waits for nothing that has a time.
/// </content>
internal sealed partial class SystemMonitor
{
    /// <summary>In nanoseconds. While exited threads wait to be reaped. A thread is gone some 50 us after it left its code.</summary>
    private const long ReapNap = 200_000;

    /// <summary>In nanoseconds. A refused thread is asked for again after this long.</summary>
    private const long RetryPause = 10_000_000;

    /// <summary>
    /// In nanoseconds. What may wait for a thread of .NET's is done after this long even though there seems to be none: part of it may need
    /// none.
    /// </summary>
    private const long LongestWaitForThreads = 1_000_000_000;

    /// <summary>Stacks that were not used for this long are unmapped.</summary>
    private static readonly TimeSpan s_stackAge = TimeSpan.FromSeconds(2);

    private readonly Duty[] _duties;
    private readonly ProcessorWatch _processors;

    // Whether something happened in this round, so that the next is to follow soon.
    private bool _isActive;

    // When a refused thread is asked for again.
    private long _retryAt;

    // When threads for .NET are looked for again, and since when none were found.
    private long _threadErrandsAt;
    private long _threadErrandsSince = TimerHeap.Never;

    private delegate long Duty(long now);

    /// <summary>Creates the threads that machines asked for and must not create, and asks again for those that were refused.</summary>
    private long CreateThreads(long now)
    {
        bool retries = now >= _retryAt;
        if (retries)
            _retryAt = now + RetryPause;
        _engine.ServeCreationRequests(retries);
        return _engine.HasCreationRequests ? _retryAt : TimerHeap.Never;
    }

    /// <summary>Does what others must not do.</summary>
    private long DoErrands(long now)
    {
        RunErrands();
        return TimerHeap.Never;
    }

    /// <summary>Does what others left until there are threads, once there are some; sees to the pool's.</summary>
    private long DoThreadErrands(long now)
    {
        bool anyForsaken = AnyForsaken;
        if (!HasThreadErrands && !ScarceThreads.IsPoolBroken && !anyForsaken)
        {
            ScarceThreads.WarmPool(_engine.ThreadCount, now);
            _threadErrandsSince = TimerHeap.Never;
            return TimerHeap.Never;
        }

        if (now < _threadErrandsAt)
            return _threadErrandsAt;
        if (anyForsaken)
            AskForForsaken();
        if (_threadErrandsSince == TimerHeap.Never)
            _threadErrandsSince = now;
        bool wait = !_engine.IsStopping && now - _threadErrandsSince < LongestWaitForThreads;
        if (!ScarceThreads.TryPreparePool() && wait)
            return _threadErrandsAt = now + RetryPause;
        _threadErrandsSince = TimerHeap.Never;
        RunThreadErrands();
        return ScarceThreads.IsPoolBroken || AnyForsaken ? _threadErrandsAt = now + RetryPause : TimerHeap.Never;
    }

    /// <summary>Fires the timers that are due and that no machine has fired.</summary>
    private long FireTimers(long now)
    {
        foreach (Processor processor in _engine.Processors)
        {
            if (processor.Timers.NextDue <= now)
                _isActive |= processor.Timers.FireDue(now) > 0;
        }

        return NextTimer();
    }

    /// <summary>Takes processors from machines that do not let go of them while goroutines wait.</summary>
    private long WatchProcessors(long now)
    {
        _isActive |= _processors.TakeWhereDue(now, closely: _nap == ShortestNap);
        return TimerHeap.Never; // it looks at each nap
    }

    /// <summary>Orders idle machines out.</summary>
    private long RetireMachines(long now) => _engine.RetireIdleMachines(now);

    /// <summary>Goes on with a stop of the engine: the thread that asked for it may have been interrupted, or have given up.</summary>
    private long GoOnWithStop(long now)
    {
        if (!_engine.IsStopping)
            return TimerHeap.Never;
        _engine.OrderOutIfQuiet();
        return now + LongestNap;
    }

    /// <summary>Joins threads that have left, and frees what they had.</summary>
    private long FreeThreads(long now)
    {
        _engine.Host.Reaper.Reap();
        return _engine.Host.Reaper.Count > 0 ? now + ReapNap : TimerHeap.Never;
    }

    /// <summary>Unmaps stacks that no thread wants; not while threads are on their way out, whose stacks come next.</summary>
    private long TrimStacks(long now)
    {
        if (_engine.Host.Reaper.Count > 0 || _engine.Host.Stacks.BytesCached == 0)
            return TimerHeap.Never;
        _engine.Host.Stacks.Trim(s_stackAge);
        return _engine.Host.Stacks.BytesCached == 0 ? TimerHeap.Never : now + MonotonicClock.Nanoseconds(s_stackAge);
    }

    private protected override long NextTimer()
    {
        long next = TimerHeap.Never;
        foreach (Processor processor in _engine.Processors)
            next = Math.Min(next, processor.Timers.NextDue);
        return next;
    }
}
