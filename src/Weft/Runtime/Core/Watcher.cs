using Weft.Runtime.Host;
using Weft.Runtime.Timers;
using Weft.Threads;

namespace Weft.Runtime.Core;

/// <summary>
/// The monitor of a scheduler as far as its engine has to know of it: what those tell it that publish work, timers and idle machines, and
/// whether it has a thread. Any thread may use it, unless a member says otherwise.
/// </summary>
/// <remarks>
/// <para>
/// <b>No work is left alone while the monitor sleeps.</b>
/// Publisher: publishes work for which no processor is idle, or for which nobody is woken, then reads <see cref="_deep"/>.
/// Looker: the monitor stores <c>_deep = 1</c>, then looks at the queues, then sleeps.
/// Fences: the monitor has every CPU that runs a thread of the process execute one between its store and its look; so the publisher needs
/// none.
/// Therefore: the publisher sees that the monitor sleeps deeply, and wakes it; or the monitor sees the work. Work that waits behind blocked
/// machines always has the monitor awake, and work that waits at one processor beside an idle one is seen within 20 ms, two looks.
/// </para>
/// <para>
/// <b>No timer is late.</b>
/// Publisher: adds a timer, or puts a machine on the idle list, under a lock; then reads <see cref="_wakeAt"/>.
/// Looker: the monitor stores <c>_wakeAt</c>, then looks at the timers once more, then sleeps.
/// Fences: leaving the lock; the full fence in <see cref="Sleep"/>.
/// Therefore: the publisher sees how long the monitor sleeps, and wakes it if that is too long; or the monitor sees the timer.
/// </para>
/// </remarks>
internal abstract class Watcher(IThreadPlatform platform) : Caretaker
{
    /// <summary>A thread that was refused to the monitor is asked for again after this long.</summary>
    internal static readonly TimeSpan RefusalPause = TimeSpan.FromMilliseconds(20);

    private readonly Parker _parker = new(platform);

    private volatile bool _isRunning;

    // 1 while the monitor sleeps deeply, or is about to.
    private int _deep;

    // When the monitor will look at the timers again, at the latest; 0 while it is awake.
    private long _wakeAt = TimerHeap.Never;

    internal sealed override bool IsRunning => _isRunning;

    /// <summary>Work was published and no processor is idle: makes sure that the monitor watches the machines.</summary>
    internal void EnsureWatching()
    {
        if (Volatile.Read(ref _deep) != 0 && Interlocked.Exchange(ref _deep, 0) != 0)
            WakeUp();
    }

    internal sealed override void WakeUp() => _parker.Unpark();

    /// <summary>A machine has become idle; the next to be ordered out is due then. Follows a full fence.</summary>
    /// <remarks>
    /// While the monitor is awake (0) it may have looked at the idle machines already: it is told to look again, which costs no system
    /// call. The old time of a sleep that is ending can be read here only if the monitor is yet to look.
    /// </remarks>
    internal void NoteIdleMachine(long retireAt)
    {
        long wakeAt = Volatile.Read(ref _wakeAt);
        if (wakeAt == 0 || retireAt < wakeAt)
            WakeUp();
    }

    /// <summary>A timer was added. Either the monitor is seen here to sleep too long, or it sees the timer before it sleeps.</summary>
    internal void NoteTimer(long due)
    {
        if (!_isRunning)
        {
            if (WeftThread.CallingThreadIsLocked)
                EnsureRunningElsewhere(TimeSpan.Zero);
            else if (EnsureRunning() != 0)
                EnsureRunningElsewhere(RefusalPause);
        }
        else if (due < Volatile.Read(ref _wakeAt))
        {
            WakeUp();
        }
    }

    /// <summary>Starts the thread if there is none; not to be called on a locked machine. The system's error, or zero.</summary>
    internal abstract int EnsureRunning();

    /// <summary>
    /// Has the thread started if there is none, when it was refused or must not be created on the calling thread: by .NET's timer, or, if
    /// that must not be set there either, by the monitor that belongs to the calling thread.
    /// </summary>
    internal abstract void EnsureRunningElsewhere(TimeSpan after);

    /// <summary>The engine is about to abandon its goroutines: waits until nobody but the caller looks at them.</summary>
    internal abstract void AwaitSearches();

    /// <summary>
    /// A thread was refused while there was no monitor: asks for the monitor's again, if the calling thread may. By threads that come by.
    /// </summary>
    internal void AskAgain()
    {
        if (!_isRunning && !WeftThread.CallingThreadIsLocked)
            EnsureRunning();
    }

    /// <summary>It has a thread, or has none. The engine's lock is held.</summary>
    internal void MarkRunning(bool isRunning) => _isRunning = isRunning;

    /// <summary>Sleeps until then, or until woken, or not at all if a timer came that is due before. By the monitor.</summary>
    private protected void Sleep(long until)
    {
        Volatile.Write(ref _wakeAt, until);
        Interlocked.MemoryBarrier();
        if (NextTimer() >= until)
        {
            if (until == TimerHeap.Never)
                _parker.Park();
            else if (until - MonotonicClock.Now is > 0 and long left)
                _parker.Park(left);
        }

        Volatile.Write(ref _wakeAt, 0);
    }

    /// <summary>From now on publishers of work wake the monitor. By the monitor, before it looks at the queues for the last time.</summary>
    private protected void BeginDeepSleep()
    {
        Interlocked.Exchange(ref _deep, 1);
        Interlocked.MemoryBarrierProcessWide();
    }

    private protected void EndDeepSleep() => Volatile.Write(ref _deep, 0);

    /// <summary>When the next timer of the scheduler is due, in nanoseconds on the monotonic clock.</summary>
    private protected abstract long NextTimer();
}
