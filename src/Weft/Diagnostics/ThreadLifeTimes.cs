using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Weft.Threads;

namespace Weft.Diagnostics;

/// <summary>
/// How long the threads of a scheduler lived, and how long it took to join them, as histograms. To record a value runs the listener's code,
/// which must not happen on the threads that join others: the monitor, and threads on their way out. So values are kept until the listener
/// asks for what is observed, and recorded then, on its thread.
/// </summary>
internal sealed class ThreadLifeTimes(string scheduler) : IThreadLives
{
    /// <summary>
    /// Values kept between two collections; then the oldest go. Enough for 400 threads a second and a collection each ten seconds, in
    /// 128 KiB.
    /// </summary>
    private const int Most = 4_096;

    private static readonly FutexLock s_lock = new(ThreadPlatform.Current);
    private static readonly Queue<Life> s_lives = new();

    // Their number, which may be read without the lock.
    private static int s_kept;

    private static readonly Histogram<double> s_lifeTime = WeftMeter.Instance.CreateHistogram<double>(
        "weft.thread.lifetime", "s", "From the creation of a thread to the end of its code.");

    private static readonly Histogram<double> s_reapDelay = WeftMeter.Instance.CreateHistogram<double>(
        "weft.thread.reap_delay", "s", "From the end of a thread's code until it was joined and its stack was free.");

    /// <summary>
    /// Makes the instruments, which tells listeners, if they are not made. Otherwise the first thread that is joined would do so.
    /// </summary>
    internal static void MakeInstruments() => RuntimeHelpers.RunClassConstructor(typeof(ThreadLifeTimes).TypeHandle);

    /// <summary>Records what was kept. Called when a listener asks for what is observed.</summary>
    internal static void Tell()
    {
        if (Volatile.Read(ref s_kept) == 0)
            return;
        s_lock.Enter();
        Life[] lives = [.. s_lives];
        s_lives.Clear();
        Volatile.Write(ref s_kept, 0);
        s_lock.Exit();
        foreach (Life life in lives)
        {
            var tag = new KeyValuePair<string, object?>(SchedulerMetrics.SchedulerTag, life.Scheduler);
            s_lifeTime.Record(life.Lived.TotalSeconds, tag);
            s_reapDelay.Record(life.Unjoined.TotalSeconds, tag);
        }
    }

    void IThreadLives.Add(TimeSpan lived, TimeSpan unjoined)
    {
        if (!s_lifeTime.Enabled && !s_reapDelay.Enabled)
            return;
        s_lock.Enter();
        if (s_lives.Count == Most)
            s_lives.Dequeue();
        s_lives.Enqueue(new Life(scheduler, lived, unjoined));
        Volatile.Write(ref s_kept, s_lives.Count);
        s_lock.Exit();
    }

    private readonly record struct Life(string Scheduler, TimeSpan Lived, TimeSpan Unjoined);
}
