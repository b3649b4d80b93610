using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Runtime.Timers;

namespace Weft.Waiting;

/// <summary>How a sleep begins.</summary>
internal static class Sleeping
{
    /// <summary>Begins a sleep of the calling goroutine, or of a thread that runs none.</summary>
    internal static SleepOperation Sleep(this Engine engine, TimeSpan duration, CancellationToken token)
    {
        Misuse.ThrowIfDisposed(engine.IsStopped && !token.IsCancellationRequested, engine.Name, "SleepAsync cannot sleep");
        long due = duration == TimeSpan.MaxValue ? TimerHeap.Never
            : duration <= TimeSpan.Zero ? SleepOperation.AtOnce
            : MonotonicClock.Now + MonotonicClock.Nanoseconds(duration);
        if (token.CanBeCanceled)
            return new CancellableSleep(engine, due, token);
        SleepOperation operation = Machine.CurrentGoroutine is Goroutine goroutine && goroutine.Home == engine
            ? goroutine.SleepCache ??= new SleepOperation()
            : new SleepOperation();
        if (!operation.TryBegin(engine, due))
        {
            operation = new SleepOperation();
            operation.TryBegin(engine, due);
        }

        return operation;
    }
}
