using Weft.Runtime.Host;
using Weft.Threads;

namespace Weft.Guarding;

/// <summary>Looks at .NET's pool and at the process. For the guard's thread only.</summary>
internal sealed class PoolSenses(IThreadPlatform platform, IThreadLimits? limits) : IGuardSenses
{
    /// <summary>What .NET calls the threads of its pool, as far as the system shows names.</summary>
    private const string NameOfWorkers = ".NET TP Worker";

    private readonly IThreadSample? _workers = platform.FindThreads(NameOfWorkers);
    private readonly GuardBound _bound = new(platform, limits);

    /// <summary>The most threads that the user allows the guard to raise the minimum to.</summary>
    internal int Allowed { get; set; }

    /// <summary>For people: what the last bound came from.</summary>
    internal string BoundReason => _bound.Reason;

    /// <summary>Takes a look. Most of it is the process's time on processors: 10 us, and 25 us with a thousand threads.</summary>
    internal static PoolLook Look(PoolMinimum minimum)
    {
        minimum.Read();
        ThreadPool.GetMaxThreads(out int most, out _);
        ThreadPool.GetAvailableThreads(out int available, out _);
        return new PoolLook
        {
            Pending = ThreadPool.PendingWorkItemCount,
            Completed = ThreadPool.CompletedWorkItemCount,
            Working = Math.Max(0, most - available), // the user may set the maximum between the two
            Minimum = minimum.Current,
            UserMinimum = minimum.OfUser,
            CpuNanoseconds = Environment.CpuUsage.TotalTime.Ticks * TimeSpan.NanosecondsPerTick,
            PausedNanoseconds = GC.GetTotalPauseDuration().Ticks * TimeSpan.NanosecondsPerTick,
            TimeNanoseconds = MonotonicClock.Now,
        };
    }

    public double? CountWantingCpu()
    {
        // Of all threads, those with nothing to do among them.
        int threads = ThreadPool.ThreadCount;
        return threads * _workers?.ShareRunning(threads);
    }

    public long CountContentions() => Monitor.LockContentionCount;

    public int MostThreads()
    {
        ThreadPool.GetMaxThreads(out int most, out _);
        return Math.Min(_bound.Find(Allowed, ThreadPool.ThreadCount, MonotonicClock.Now), most);
    }
}
