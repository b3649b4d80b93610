using System.Globalization;
using System.Runtime.CompilerServices;
using Weft.Threads;

namespace Weft.Tests.Support;

/// <summary>
/// A scheduler of a test's own, with a name that tells its threads from all others. Disposing it checks what holds for every
/// scheduler: its threads are gone, each was joined, its stacks are unmapped.
/// </summary>
internal sealed class TestScheduler : IDisposable
{
    // Schedulers that a test gave up on: not to be waited for a second time.
    private static readonly ConditionalWeakTable<Scheduler, string> s_hung = [];
    private static int s_names;

    private readonly Scheduler _scheduler;

    private TestScheduler(Scheduler scheduler) => _scheduler = scheduler;

    /// <summary>A scheduler name that no other test has.</summary>
    public static string NextName() => string.Create(CultureInfo.InvariantCulture, $"t{Interlocked.Increment(ref s_names)}");

    /// <summary>Makes a scheduler; dispose the returned value to dispose and check it.</summary>
    public static TestScheduler Create(
        out Scheduler scheduler,
        int procs = 2,
        int maxThreads = 10_000,
        int idleMilliseconds = 5_000,
        UnhandledExceptionPolicy exceptions = UnhandledExceptionPolicy.Fatal,
        IThreadPlatform? platform = null)
    {
        var idle = TimeSpan.FromMilliseconds(idleMilliseconds);
        var options = new SchedulerOptions
        {
            Name = NextName(),
            MaxProcs = procs,
            MaxThreads = maxThreads,
            IdleTimeout = idle,
            MinIdleTimeout = idle < TimeSpan.FromMilliseconds(50) ? idle : TimeSpan.FromMilliseconds(50),
            UnhandledExceptions = exceptions,
            Platform = platform,
        };
        return Create(options, out scheduler);
    }

    /// <summary>Makes a scheduler with options that no other test needs.</summary>
    public static TestScheduler Create(SchedulerOptions options, out Scheduler scheduler)
    {
        scheduler = new Scheduler(options);
        return new TestScheduler(scheduler);
    }

    /// <summary>What to throw when a scheduler's goroutines make no progress.</summary>
    public static TimeoutException Hung(Scheduler scheduler, string message)
    {
        s_hung.AddOrUpdate(scheduler, message);
        return new TimeoutException($"{message}\n{Dump(scheduler)}");
    }

    /// <summary>Goroutines, machines, processors and the counters, as text.</summary>
    public static string Dump(Scheduler scheduler)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        scheduler.WriteDump(text);
        text.WriteLine(scheduler.Statistics);
        foreach (SystemThread thread in TaskList.Of(scheduler))
            text.WriteLine($"{thread} {TaskList.State(thread.Id)}");
        return text.ToString();
    }

    public void Dispose()
    {
        if (s_hung.TryGetValue(_scheduler, out _))
            return;
        var disposer = new Thread(_scheduler.Dispose) { IsBackground = true, Name = "disposer" };
        disposer.Start();
        if (!disposer.Join(Limits.Hang))
            throw Hung(_scheduler, "Dispose did not return.");
        AssertGone(_scheduler);
    }

    /// <summary>A disposed scheduler, or one that had nothing to do for long enough, holds no thread and no stack.</summary>
    public static void AssertGone(Scheduler scheduler)
    {
        SchedulerStatistics statistics = scheduler.Statistics;
        Assert.Equal(0, statistics.Threads);
        Assert.Equal(statistics.ThreadsCreated, statistics.ThreadsExited);
        Assert.Equal(statistics.ThreadsCreated, statistics.ThreadsReaped);
        Assert.Equal(0, statistics.StackBytesMapped);

        // The kernel lets a join return a moment before it takes the thread out of /proc.
        Eventually.True(() => TaskList.Of(scheduler).Count == 0, $"no thread of {scheduler.Name} is left");
    }
}
