using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>
/// 1,000 goroutines block their threads for 100 ms at once. A slim event has no target: what it costs is how .NET spins before it blocks.
/// Go has none, its peer is a plain event.
/// </summary>
internal sealed class Storm(string kind, bool withThreadPool = false) : IBenchmark
{
    private const int Goroutines = 1000;
    private const int WarmUpGoroutines = 20;
    private const int WarmUps = 60;
    private static readonly TimeSpan s_length = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_warmUpLength = TimeSpan.FromMilliseconds(5);

    public string Name => $"storm-{kind}";

    public string Summary => $"{Goroutines} goroutines block their threads for {s_length.TotalMilliseconds:0} ms at once, by {kind}";

    public IReadOnlyList<Figure> Figures =>
    [
        new("elapsed_ms", "ms") { Targets = Targets("go", 1.25, 1.0) },
        new("bystander_p50_ms", "ms", "bystander-p50"),
        new("bystander_p99_ms", "ms", "bystander-p99") { Targets = Targets(null, 20, 5) },
        new("outside_p50_ms", "ms", "outside-bystander-p50"),
        new("outside_p99_ms", "ms", "outside-bystander-p99") { Targets = Targets(null, 20, 5) },
        new("again_ms", "ms", "again"),
        new("threads_peak", "threads", "threads-peak"),
    ];

    public IReadOnlyList<Contender> Contenders
    {
        get
        {
            Contender weft = Contender.Managed(Contender.Weft, OnWeft);
            Contender go =
                Contender.Go(_ => $"storm -kind {(IsSlim ? "wait" : kind)} -goroutines {Goroutines} -block {s_length.TotalMilliseconds}ms");
            Contender threads = Contender.Managed("thread", OnThreads);
            Contender pool = Contender.Managed("threadpool", OnThreadPool) with { Slow = true };
            return withThreadPool ? [weft, go, threads, pool] : [weft, go, threads];
        }
    }

    public IReadOnlyList<int> StatedProcs => withThreadPool ? [Environment.ProcessorCount] : [];

    private bool IsSlim => kind == "slim";

    private IReadOnlyList<Target> Targets(string? peer, double must, double aim) => IsSlim ? [] : [new Target(peer, must, aim)];

    // The code is warm, compiled for speed, and the threads are new:
    // those of the warm-up are gone with their scheduler, as Go's do not exist yet.
    private Sample OnWeft(Run run)
    {
        SchedulerOptions options = new() { MaxProcs = run.Procs };
        using (Scheduler warm = new(options))
        {
            for (int i = 0; i < WarmUps; i++)
                StormBurst.OnWeft(warm, kind, WarmUpGoroutines, s_warmUpLength);
        }

        using Scheduler scheduler = new(options);
        StormBurst first = StormBurst.OnWeft(scheduler, kind, Goroutines, s_length);
        StormBurst second = StormBurst.OnWeft(scheduler, kind, Goroutines, s_length);
        Sample sample = ToSample(first);
        sample["again_ms"] = second.ElapsedMs;
        return sample;
    }

    private Sample OnThreadPool(Run run) => ToSample(StormBurst.OnThreadPool(kind, Goroutines, s_length));

    private Sample OnThreads(Run run)
    {
        for (int i = 0; i < WarmUps; i++)
            StormBurst.OnThreads(kind, WarmUpGoroutines, s_warmUpLength);
        return ToSample(StormBurst.OnThreads(kind, Goroutines, s_length));
    }

    private static Sample ToSample(StormBurst burst)
    {
        Sample sample = new() { ["elapsed_ms"] = burst.ElapsedMs, ["threads_peak"] = burst.PeakThreads };
        Add("bystander", burst.InsideMs);
        Add("outside", burst.OutsideMs);
        return sample;

        void Add(string whose, IReadOnlyList<double> delays)
        {
            if (delays.Count == 0)
                return;
            sample[$"{whose}_p50_ms"] = Percentile.Of(delays, 50);
            sample[$"{whose}_p99_ms"] = Percentile.Of(delays, 99);
        }
    }
}
