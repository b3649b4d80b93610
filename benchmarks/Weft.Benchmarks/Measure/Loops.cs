namespace Weft.Benchmarks.Measure;

/// <summary>Runs a repetition on a scheduler, or on a ThreadPool of as many threads, and takes the median of several.</summary>
internal static class Loops
{
    /// <summary>Each repetition is a goroutine.</summary>
    public static double OnWeft(int procs, Func<GoroutineBody<double>> repetition)
    {
        using Scheduler scheduler = new(new SchedulerOptions { MaxProcs = procs });
        return Repeat.Median(() => scheduler.Start(repetition).Task.GetAwaiter().GetResult());
    }

    /// <summary>The same for a repetition that the peers run, too.</summary>
    public static double OnWeft(int procs, Func<Task<double>> repetition) =>
        OnWeft(procs, async GoroutineBody<double> () => await repetition());

    /// <summary>Each repetition is a task.</summary>
    public static double OnThreadPool(int procs, Func<Task<double>> repetition)
    {
        TaskPool.Limit(procs);
        return Repeat.Median(() => Task.Run(repetition).GetAwaiter().GetResult());
    }
}
