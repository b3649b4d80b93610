using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>What is left of a storm's threads, and after how long; default options.</summary>
internal sealed class StormSettle : IBenchmark
{
    // Fewer than the 1,000 goroutines of a storm, so that the code is warm but the stack pool is not.
    private const int WarmUpGoroutines = 10;
    private const int Goroutines = 1000;
    private static readonly TimeSpan s_length = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(10);

    public string Name => "storm-settle";

    public string Summary =>
        $"time until no thread is left of {Goroutines} blocked goroutines, and what is left after {s_pause.TotalSeconds:0} s";

    public IReadOnlyList<Figure> Figures =>
    [
        new("settle_s", "s") { Targets = [new Target(null, 10, 6)] },
        new("threads_left", "threads", "threads-left") { Targets = [new Target(null, 2, 2)] },
        new("unreaped", "threads", "unreaped") { Targets = [new Target(null, 0, 0)] },
    ];

    public IReadOnlyList<Contender> Contenders =>
    [
        Contender.Managed(Contender.Weft, OnWeft),
        Contender.Go(_ => $"settle -storms 1 -goroutines {Goroutines} -pause {s_pause.TotalSeconds}s"),
    ];

    public IReadOnlyList<int> StatedProcs => [Environment.ProcessorCount];

    public bool Slow => true;

    private static Sample OnWeft(Run run)
    {
        SchedulerOptions options = new() { MaxProcs = run.Procs };
        using (Scheduler warm = new(options))
            StormBurst.OnWeft(warm, "sleep", WarmUpGoroutines, s_length);
        Proc.Collect();

        using Scheduler scheduler = new(options);
        int before = Proc.Threads;
        StormBurst.OnWeft(scheduler, "sleep", Goroutines, s_length);
        double settled = Settling.Wait(options.Name, s_pause);
        SchedulerStatistics statistics = scheduler.Statistics;
        return new Sample
        {
            ["settle_s"] = settled,
            ["threads_left"] = Proc.Threads - before,
            ["unreaped"] = statistics.ThreadsCreated - Math.Min(statistics.ThreadsExited, statistics.ThreadsReaped),
        };
    }
}
