namespace Weft.Scheduling;

/// <content>Sleeping.</content>
internal sealed partial class Engine
{
    /// <summary>A sleep of that long for the calling goroutine, or for a thread that is none.</summary>
    internal ValueTask SleepAsync(TimeSpan duration, CancellationToken token)
    {
        if (token.IsCancellationRequested)
            return ValueTask.FromCanceled(token);
        ObjectDisposedException.ThrowIf(_stopped, Owner);
        long due = duration == Timeout.InfiniteTimeSpan ? long.MaxValue : MonotonicClock.Now + MonotonicClock.Nanoseconds(duration);
        SleepOperation? operation = null;
        if (Machine.CurrentGoroutine is Goroutine goroutine && goroutine.Engine == this)
        {
            operation = goroutine.SleepCache ??= new SleepOperation(this);
            if (!operation.TryBegin(due, token))
                operation = null;
        }

        if (operation is null)
        {
            operation = new SleepOperation(this);
            operation.TryBegin(due, token);
        }

        return operation.Task;
    }

    /// <summary>
    /// Sets a timer: at the processor of the calling machine, so that it seldom meets other threads there, or at the first. The heap is
    /// stored before the timer can fire.
    /// </summary>
    internal void AddTimer(long due, ITimerTarget target, ref TimerHeap? heap)
    {
        Processor processor = Machine.Calling is { Processor: { } own } machine && machine.Engine == this ? own : Processors[0];
        heap = processor.Timers;
        processor.Timers.Add(due, target);
        _monitor.NoteTimer(due);
    }
}
