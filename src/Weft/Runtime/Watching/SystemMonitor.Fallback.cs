using Weft.Runtime.Core;
using Weft.Runtime.Host;

namespace Weft.Runtime.Watching;

/// <content>How the monitor gets its thread when it cannot be made at once.</content>
internal sealed partial class SystemMonitor
{
    /// <summary>When not even the monitor got a thread, it is tried again after this long.</summary>
    internal static readonly TimeSpan RefusalPause = TimeSpan.FromMilliseconds(20);

    private Timer? _fallback;

    // 1 while somebody is to try again: whoever asks meanwhile must not put it off.
    private int _isFallbackSet;

    // Monitors that nobody tries again for but who comes by.
    private static int s_forsaken;
    private int _isForsaken;

    /// <summary>
    /// How often a thread that blocks outside goroutines tries again for monitors that nobody else does it for, in milliseconds.
    /// </summary>
    internal const int ForsakenPause = 20;

    /// <summary>Whether there are monitors that were refused their thread, and no thread that would ask again.</summary>
    internal static bool AnyForsaken => Volatile.Read(ref s_forsaken) > 0;

    /// <summary>Asks for the threads of such monitors. Any thread that is neither locked nor in a wait hook.</summary>
    internal static void AskForForsaken()
    {
        foreach (Engine engine in EngineList.Snapshot())
        {
            if (Volatile.Read(ref engine.Monitor._isForsaken) != 0)
                engine.Monitor.TryAgainForsaken();
        }
    }

    private bool TryAgainForsaken()
    {
        if (!_running && !_engine.IsStopped && EnsureRunning() != 0)
            return false;
        if (Interlocked.Exchange(ref _isForsaken, 0) != 0)
            Interlocked.Decrement(ref s_forsaken);
        Volatile.Write(ref _isFallbackSet, 0);
        return true;
    }

    private void Forsake()
    {
        if (Interlocked.Exchange(ref _isForsaken, 1) == 0)
            Interlocked.Increment(ref s_forsaken);
        _ = new FallbackAtCollection(this);
    }

    /// <summary>
    /// Has the thread started if there is none, when it was refused or must not be created on the calling thread: by .NET's timer, or, if
    /// that must not be set there either, by the monitor that belongs to the calling thread.
    /// </summary>
    internal void EnsureRunningElsewhere(TimeSpan after)
    {
        if (_running || !_engine.Platform.CreatesThreads)
            return;
        if (Machine.CallingThreadIsLocked && Machine.Calling!.Engine != _engine)
            CleanThread.Do(static m => m.OnFallback(), this);
        else
            SetFallback(after);
    }

    /// <summary>A thread was refused while there was no monitor, and somebody comes who may ask for it again.</summary>
    internal void AskAgain()
    {
        if (!_running && !Machine.CallingThreadIsLocked)
            EnsureRunning();
    }

    /// <remarks>
    /// A timer of .NET's is called on the pool. If the pool has no thread and gets none, the process ends, so no timer is set then. A
    /// machine or a monitor of another engine, which has a monitor, leaves it to that. Any other thread waits for a moment. After that
    /// everybody who comes by tries again: who uses the engine next, threads that block outside goroutines in a wait of Weft's, other
    /// monitors, and the finalizer after the next collection, a thread that is always there.
    /// </remarks>
    private void SetFallback(TimeSpan after)
    {
        if (Interlocked.Exchange(ref _isFallbackSet, 1) != 0 && after > TimeSpan.Zero)
            return;
        if (ScarceThreads.MayBeRefused && !ScarceThreads.IsPoolReady())
        {
            if (OfCallingThread is SystemMonitor other && other != this)
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
        if (_running || _engine.IsStopped)
            return;
        if (EnsureRunning() != 0)
            SetFallback(RefusalPause);
    }

    /// <summary>Asks for the monitor's thread once more after a collection, and again after each until it is there.</summary>
    private sealed class FallbackAtCollection(SystemMonitor monitor)
    {
        ~FallbackAtCollection()
        {
            if (!monitor.TryAgainForsaken())
                _ = new FallbackAtCollection(monitor);
        }
    }
}
