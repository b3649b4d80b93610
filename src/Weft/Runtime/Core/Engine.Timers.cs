using Weft.Runtime.Host;
using Weft.Runtime.Timers;
using Weft.Waiting;
namespace Weft.Runtime.Core;

/// <content>Sleeping.</content>
internal sealed partial class Engine
{
    /// <summary>A sleep of that long for the calling goroutine, or for a thread that is none.</summary>
    internal SleepOperation Sleep(TimeSpan duration, CancellationToken token)
    {
        Misuse.ThrowIfDisposed(_stopped && !token.IsCancellationRequested, Owner, "SleepAsync cannot sleep");
        long due = duration == TimeSpan.MaxValue ? long.MaxValue
            : duration <= TimeSpan.Zero ? SleepOperation.AtOnce
            : MonotonicClock.Now + MonotonicClock.Nanoseconds(duration);
        if (token.CanBeCanceled)
            return new CancellableSleep(this, due, token);
        SleepOperation operation = Machine.CurrentGoroutine is Goroutine goroutine && goroutine.Engine == this
            ? goroutine.SleepCache ??= new SleepOperation(this)
            : new SleepOperation(this);
        if (!operation.TryBegin(due))
        {
            operation = new SleepOperation(this);
            operation.TryBegin(due);
        }

        return operation;
    }

    /// <summary>
    /// Sets a timer: at the processor of the calling machine, so that it seldom meets other threads there, or at the first. Returns the
    /// heap it is in.
    /// </summary>
    internal TimerHeap AddTimer(long due, ITimerTarget target)
    {
        TimerHeap heap = NearestTimers();
        AddTimer(heap, due, target);
        return heap;
    }

    /// <summary>The timers of the calling machine's processor, or of the first.</summary>
    internal TimerHeap NearestTimers() =>
        (Machine.Calling is { Processor: { } own } machine && machine.Engine == this ? own : Processors[0]).Timers;

    internal void AddTimer(TimerHeap heap, long due, ITimerTarget target)
    {
        heap.Add(due, target);
        _monitor.NoteTimer(due);
    }
}
