using System.Collections.Concurrent;
using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Runtime.Timers;
using Weft.Threads;

namespace Weft.Runtime.Watching;

/// <content>What others leave to this thread.</content>
internal sealed partial class SystemMonitor
{
    /// <summary>
    /// What may wait for a thread of .NET's is done after this long even though there seems to be none: part of it may need none.
    /// </summary>
    private const long LongestWaitForThreads = 1_000_000_000;

    [ThreadStatic]
    private static SystemMonitor? t_calling;

    private readonly ConcurrentQueue<Action> _errands = new();

    // Errands for which .NET may make threads, while the system refuses threads. Taken out by the monitor, or by whoever stops the engine.
    private readonly ConcurrentQueue<Action> _threadErrands = new();

    // The monitor's own: when it looks for threads again, and since when it has found none.
    private long _threadErrandsAt;
    private long _threadErrandsSince = TimerHeap.Never;

    /// <summary>
    /// The monitor that the calling thread is, or that serves it if it is a machine. It stays until that thread is gone and what was left
    /// to it is done.
    /// </summary>
    internal static SystemMonitor? OfCallingThread =>
        t_calling ?? (Machine.Calling is { Engine: { Platform.CreatesThreads: true } engine } ? engine.Monitor : null);

    /// <summary>Whether the calling thread is one.</summary>
    internal static bool IsCallingThread => t_calling is not null;

    internal bool HasErrands => !_errands.IsEmpty || !_threadErrands.IsEmpty;

    /// <summary>
    /// Leaves something to this thread that another must not do; see <see cref="CleanThread"/>. Called on machines of this engine only.
    /// </summary>
    internal void Do(Action errand)
    {
        _errands.Enqueue(errand);
        WakeUp();
    }

    /// <summary>
    /// Leaves something to this thread for which .NET may make threads: it is done once there are some; see <see cref="ScarceThreads"/>.
    /// Called on machines of this engine, and on this thread.
    /// </summary>
    internal void DoOnceThereAreThreads(Action errand)
    {
        _threadErrands.Enqueue(errand);
        WakeUp();
    }

    /// <summary>Any thread that may do them.</summary>
    internal void RunErrands()
    {
        while (_errands.TryDequeue(out Action? errand))
            errand();
    }

    /// <summary>The same with those that waited for threads: whoever stops the engine does what the monitor has left.</summary>
    internal void RunAllErrands()
    {
        RunErrands();
        RunThreadErrands();
    }

    private void RunThreadErrands()
    {
        while (_threadErrands.TryDequeue(out Action? errand))
            errand();
    }

    /// <summary>Called by the monitor in each round. Returns when it is to look again.</summary>
    private long RunThreadErrands(long now)
    {
        bool anyForsaken = AnyForsaken;
        if (_threadErrands.IsEmpty && !ScarceThreads.IsPoolBroken && !anyForsaken)
        {
            ScarceThreads.WarmPool(_engine, now);
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

    /// <summary>
    /// The last thread to go is joined by a thread of the pool, as nobody of ours is left to do it. If threads have become scarce at this
    /// very moment, whoever uses the engine next joins it. A stop that everybody has given up must not wait for that.
    /// </summary>
    private void LeaveToBeReaped(OSThread self)
    {
        if (_engine.IsStopping || !ScarceThreads.MayBeRefused)
        {
            ScarceThreads.Try(
                static s => ThreadPool.UnsafeQueueUserWorkItem(static s => s.monitor.ReapLastThread(s.self), s, preferLocal: false),
                (monitor: this, self));
        }
    }

    private void ReapLastThread(OSThread thread)
    {
        thread.Join();
        if (!_running)
            _engine.Host.Stacks.TrimAll();
        if (_engine.IsStopping)
            _engine.TryFinishStop();
    }
}
