using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>Resident memory after three storms, as a multiple of that before the first.</summary>
internal sealed class RssSettle : IBenchmark
{
    private const int Storms = 3;
    private const int Goroutines = 1000;
    private const int WarmUps = 50;
    private const int WarmUpGoroutines = 10;
    private static readonly TimeSpan s_length = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_warmUpLength = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_afterCollection = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(10);

    public string Name => "rss-settle";

    public string Summary => $"RSS after {Storms} storms of {Goroutines}, settling and one collection, as a multiple of that before";

    public IReadOnlyList<Figure> Figures =>
    [
        new("rss_ratio", "x before") { Targets = [new Target(null, 1.15, 1.05)] },
        new("rss_before_mb", "MB", "before"),
        new("rss_after_mb", "MB", "after"),
        new("stacks_mb", "MB", "stacks-mapped"),
    ];

    public IReadOnlyList<Contender> Contenders =>
    [
        Contender.Managed(Contender.Weft, OnWeft),
        Contender.Go(_ => $"settle -storms {Storms} -goroutines {Goroutines} -pause {s_pause.TotalSeconds}s"),
    ];

    public IReadOnlyList<int> StatedProcs => [Environment.ProcessorCount];

    public bool Slow => true;

    // Small storms first: what it costs to load and compile the code is not what a storm leaves behind.
    private static Sample OnWeft(Run run)
    {
        using Scheduler scheduler = new(new SchedulerOptions { MaxProcs = run.Procs });
        for (int i = 0; i < WarmUps; i++)
            StormBurst.OnWeft(scheduler, "sleep", WarmUpGoroutines, s_warmUpLength);
        double before = RssAfterACollection();
        for (int i = 0; i < Storms; i++)
            StormBurst.OnWeft(scheduler, "sleep", Goroutines, s_length);
        Settling.Wait(scheduler.Name, s_pause);
        double after = RssAfterACollection();
        return new Sample
        {
            ["rss_ratio"] = after / before,
            ["rss_before_mb"] = before / 1e6,
            ["rss_after_mb"] = after / 1e6,
            ["stacks_mb"] = scheduler.Statistics.StackBytesMapped / 1e6,
        };
    }

    // The runtime frees what belonged to threads after the finalizers that the collection has run.
    private static double RssAfterACollection()
    {
        Proc.CollectAndTrim();
        Thread.Sleep(s_afterCollection);
        return Proc.Rss;
    }
}
