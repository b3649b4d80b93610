namespace Weft.PlatformCheck;

/// <summary>A scheduler that is looked at when it is disposed: every thread it made must have been joined.</summary>
internal sealed class CheckedScheduler : IDisposable
{
    private readonly Scheduler _scheduler;

    private CheckedScheduler(Scheduler scheduler) => _scheduler = scheduler;

    internal static CheckedScheduler Create(out Scheduler scheduler, int procs = 2)
    {
        scheduler = new Scheduler(new SchedulerOptions
        {
            Name = "check",
            MaxProcs = procs,
            IdleTimeout = TimeSpan.FromMilliseconds(100),
            MinIdleTimeout = TimeSpan.FromMilliseconds(20),
        });
        return new CheckedScheduler(scheduler);
    }

    public void Dispose()
    {
        _scheduler.Dispose();
        SchedulerStatistics statistics = _scheduler.Statistics;
        Check.Equal(0, statistics.Threads);
        Check.Equal(statistics.ThreadsCreated, statistics.ThreadsReaped);
        Check.Equal(0L, statistics.StackBytesMapped);
    }
}
