using Weft.Runtime.Timers;

namespace Weft.Runtime.Core;

/// <content>Timers.</content>
internal sealed partial class Engine
{
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
