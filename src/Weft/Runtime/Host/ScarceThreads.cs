using Weft.Threads;

namespace Weft.Runtime.Host;

/// <summary>
/// What .NET needs threads for while the system refuses them. Something queued to the pool may make a thread of the pool's there and then.
/// If that is refused, the caller gets an <see cref="OutOfMemoryException"/>; the item is queued all the same, but the pool counts the
/// thread as if it were there, and asks for none any more. If it is refused to a thread of the pool's own, or to the one that fires .NET's
/// timers, the process ends.
/// </summary>
/// <remarks>
/// <para>
/// So what Weft has to do with the pool waits while threads are scarce, unless the pool has a thread that is idle, or as many as it makes
/// without hesitation. It waits at a monitor, which asks the system for as many threads as the pool may want, lets them end, and lets the
/// pool have their places. Before it comes to that, a scheduler that grows has the pool make its threads (<see cref="WarmPool"/>): they are
/// there when the last are taken.
/// </para>
/// <para>
/// A pool that was refused a thread (Weft cannot keep others from using it, nor help a thread that has no monitor) is broken until it is
/// told of a higher minimum: <see cref="TryPreparePool"/> raises it by the number of threads that are counted and not there. This is for
/// the whole process and for good, as the count is.
/// </para>
/// </remarks>
internal static class ScarceThreads
{
    /// <summary>
    /// For how many milliseconds threads count as scarce after a refusal. While work waits, the system is asked more often.
    /// </summary>
    private const long Memory = 1_000;

    /// <summary>A scheduler with as many threads has the pool make its own: one with fewer may never need them.</summary>
    private const int WarmFrom = 8;

    /// <summary>In nanoseconds. The pool's threads leave when they were idle for 20 s.</summary>
    private const long WarmPause = 8_000_000_000;

    /// <summary>
    /// The most threads that are made sure of: two of the pool's run whatever comes from here, and on a machine with many CPUs its minimum
    /// would be out of proportion.
    /// </summary>
    private const int MostWorkers = 4;

    // Neither this nor the pauses can be interrupted: what calls here says nothing of that.
    private static readonly FutexLock s_lock = new(ThreadPlatform.Current);

    // The tick count until which threads are scarce; zero if they are not.
    private static long s_until;

    // Threads that the pool counts and that were refused to it.
    private static int s_missing;

    private static int s_addedToMinimum;

    // Nobody waits for the pool again before this tick count: it was in vain.
    private static long s_awaitFrom;

    private static long s_warmAt;
    private static Timer? s_timer;

    /// <summary>Whether a thread that .NET makes may be refused. A single read as long as none was.</summary>
    internal static bool MayBeRefused => Volatile.Read(ref s_until) is not 0 and long until && IsStill(until);

    /// <summary>The pool was refused a thread that it counts.</summary>
    internal static bool IsPoolBroken => Volatile.Read(ref s_missing) > 0;

    /// <summary>By how much the pool's minimum has been raised for threads that it counts and does not have.</summary>
    internal static int AddedToMinimum => Volatile.Read(ref s_addedToMinimum);

    /// <summary>The system has refused a thread.</summary>
    internal static void NoteRefusal() => Volatile.Write(ref s_until, Environment.TickCount64 + Memory);

    /// <summary>Whether something can be queued to the pool without it making a thread.</summary>
    internal static bool IsPoolReady()
    {
        if (IsPoolBroken)
            return false;
        int workers = ThreadPool.ThreadCount;
        return workers > Busy() || workers >= MinWorkers();
    }

    /// <summary>
    /// Does something that may queue to the pool. What was queued is queued even if the pool got no thread for it, and is run once that was
    /// mended: by a monitor, or by the caller if there is none.
    /// </summary>
    internal static void Try<T>(Action<T> work, T argument)
    {
        try
        {
            work(argument);
        }
        catch (OutOfMemoryException)
        {
            Interlocked.Increment(ref s_missing);
            NoteRefusal();
            WakeAMonitor();
        }
    }

    /// <summary>
    /// Waits for a moment, on a thread that can, until the pool is ready or can be made so. When that was in vain, nobody does it again for
    /// a while.
    /// </summary>
    internal static void AwaitPool()
    {
        if (Environment.TickCount64 < Volatile.Read(ref s_awaitFrom) || TryAsLongAsMayBe(static _ => TryPreparePool(), 0))
            return;
        Volatile.Write(ref s_awaitFrom, Environment.TickCount64 + Memory);
    }

    /// <summary>
    /// Tries something that may be refused for want of threads, again and again for a fifth of a second, as
    /// <see cref="OSThread.Start(Action, OSThreadOptions?)"/> does. For threads that nobody waits for.
    /// </summary>
    internal static bool TryAsLongAsMayBe<T>(Func<T, bool> attempt, T argument)
    {
        const int Tries = 20; // after 1, 2, ... ms
        var pause = new Parker(ThreadPlatform.Current);
        for (int tried = 1; tried <= Tries; tried++)
        {
            if (attempt(argument))
                return true;
            pause.Park(tried * MonotonicClock.NanosecondsPerMillisecond);
        }

        return false;
    }

    /// <summary>
    /// Whether what waits for the pool can be queued to it now: it is ready, or the system has just given as many threads as it may want.
    /// Mends a broken one.
    /// </summary>
    internal static bool TryPreparePool()
    {
        if (IsPoolReady())
            return true;
        s_lock.Enter();
        int workers = IsPoolBroken ? 0 : ThreadPool.ThreadCount;
        int watcher = workers == 0 ? 1 : 0; // comes with the pool's first thread
        int wanted = Math.Clamp(MinWorkers() - workers, 1, MostWorkers) + watcher;
        bool can = CanHave(wanted) && (!IsPoolBroken || TryMendPool());
        s_lock.Exit();
        return can;
    }

    /// <summary>
    /// Called by a monitor in each round. If its scheduler has grown, has .NET make the threads that
    /// it makes when they are needed: the pool's, and the one that fires timers.
    /// </summary>
    internal static void WarmPool(int threads, long now)
    {
        if (threads < WarmFrom || now < Volatile.Read(ref s_warmAt) || MayBeRefused)
            return;
        Volatile.Write(ref s_warmAt, now + WarmPause);
        int wanted = Math.Min(MinWorkers(), MostWorkers);
        for (int i = 0; i < wanted; i++)
            CleanThread.QueueToPool(static _ => Thread.Sleep(1), null);
        try
        {
            s_timer ??= new Timer(static _ => { }, null, 1, Timeout.Infinite);
        }
        catch (OutOfMemoryException)
        {
            NoteRefusal();
        }
    }

    private static bool IsStill(long until)
    {
        if (Environment.TickCount64 < until || IsPoolBroken)
            return true;
        Interlocked.CompareExchange(ref s_until, 0, until);
        return false;
    }

    private static int Busy()
    {
        ThreadPool.GetMaxThreads(out int most, out _);
        ThreadPool.GetAvailableThreads(out int available, out _);
        return most - available;
    }

    private static int MinWorkers()
    {
        ThreadPool.GetMinThreads(out int least, out _);
        return least;
    }

    /// <summary>Whether the system gives that many threads at once. They end before this returns.</summary>
    private static bool CanHave(int threads)
    {
        var made = new List<(OSThread Thread, Probe Probe)>(threads);
        while (made.Count < threads)
        {
            var probe = new Probe();
            if (OSThread.TryStart(ThreadHost.Shared, probe, "weft-probe", OSThreadOptions.MinStackSizeBytes, out OSThread? thread) != 0)
                break;
            made.Add((thread!, probe));
        }

        foreach ((OSThread thread, Probe probe) in made)
        {
            probe.End.Set();
            thread.Join();
        }

        return made.Count == threads;
    }

    /// <summary>
    /// Raises the pool's minimum by the threads that are missing. If there is something in its queue it makes a thread for it, and goes on
    /// as if nothing had happened.
    /// </summary>
    private static bool TryMendPool()
    {
        int missing = Volatile.Read(ref s_missing);
        ThreadPool.GetMinThreads(out int workers, out int ports);
        try
        {
            int minimum = Math.Max(workers, Busy()) + missing;
            if (ThreadPool.SetMinThreads(minimum, ports))
                Interlocked.Add(ref s_addedToMinimum, missing);
        }
        catch (OutOfMemoryException)
        {
            Interlocked.Increment(ref s_missing);
            NoteRefusal();
            return false;
        }

        Interlocked.Add(ref s_missing, -missing);
        return !IsPoolBroken;
    }

    /// <summary>Has the pool mended: by the monitor that serves the calling thread, or by any other.</summary>
    private static void WakeAMonitor()
    {
        if (Caretaker.OfCallingThread is Caretaker own)
            own.WakeUp();
        else if (!Caretaker.TryWakeAny())
            AwaitPool();
    }

    private sealed class Probe : IThreadBody
    {
        internal BlockingSignal End { get; } = new();

        void IThreadBody.Run() => End.WaitUninterrupted();
    }
}
