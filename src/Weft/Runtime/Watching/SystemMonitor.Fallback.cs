using Weft.Runtime.Core;
using Weft.Runtime.Host;

namespace Weft.Runtime.Watching;

/// <content>How the monitor gets its thread when it cannot be made at once.</content>
internal sealed partial class SystemMonitor
{
    private Timer? _fallback;

    // 1 while something is set that will ask again: a caller that comes meanwhile must not put it off.
    private int _isFallbackSet;

    /// <inheritdoc/>
    internal override void EnsureRunningElsewhere(TimeSpan after)
    {
        if (IsRunning || !_engine.Platform.CreatesThreads)
            return;
        if (WeftThread.CallingThreadIsLocked && Machine.Calling!.Engine != _engine)
            CleanThread.Do(static m => m.OnFallback(), this);
        else
            SetFallback(after);
    }

    /// <inheritdoc/>
    private protected override bool TryStartAgain() => IsRunning || _engine.IsStopped || EnsureRunning() == 0;

    /// <inheritdoc/>
    private protected override void OnStartedAgain() => Volatile.Write(ref _isFallbackSet, 0);

    /// <remarks>
    /// A timer of .NET's is called on the pool. If the pool has no thread and gets none, the process ends, so no timer is set then. A
    /// machine or a monitor of another engine, which has a monitor, leaves it to that. Any other thread waits for a moment. After that
    /// every thread that comes by tries again: the next caller of the engine, threads that block outside goroutines in a wait of Weft's,
    /// other monitors, and the finalizer's after the next collection, which is always there.
    /// </remarks>
    private void SetFallback(TimeSpan after)
    {
        if (Interlocked.Exchange(ref _isFallbackSet, 1) != 0 && after > TimeSpan.Zero)
            return;
        if (ScarceThreads.MayBeRefused && !ScarceThreads.IsPoolReady())
        {
            if (OfCallingThread is Caretaker other && other != this)
            {
                other.DoOnceThereAreThreads(OnFallback);
                return;
            }

            if (ScarceThreads.TryAsLongAsMayBe(static m => m.EnsureRunning() == 0, this))
                Volatile.Write(ref _isFallbackSet, 0);
            else
                Forsake();
            return;
        }

        try
        {
            Timer timer = _fallback ?? new Timer(static m => ((SystemMonitor)m!).OnFallback(), this, Timeout.Infinite, Timeout.Infinite);
            _fallback = timer;
            timer.Change(after, Timeout.InfiniteTimeSpan);
        }
        catch (OutOfMemoryException)
        {
            // .NET has no thread for timers, and got none.
            ScarceThreads.NoteRefusal();
            Forsake();
        }
    }

    private void OnFallback()
    {
        Volatile.Write(ref _isFallbackSet, 0);
        if (IsRunning || _engine.IsStopped)
            return;
        if (EnsureRunning() != 0)
            SetFallback(RefusalPause);
    }
}
