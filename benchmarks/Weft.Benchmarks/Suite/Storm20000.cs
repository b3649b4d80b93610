using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>More blocked goroutines than the limit of threads allows at once: they take turns, and nothing is lost.</summary>
internal sealed class Storm20000 : IBenchmark
{
    private const int Goroutines = 20_000;
    private static readonly TimeSpan s_length = TimeSpan.FromSeconds(3);

    public string Name => "storm-20000";

    public string Summary => $"{Goroutines} goroutines block their threads for {s_length.TotalSeconds:0} s each";

    public IReadOnlyList<Figure> Figures =>
    [
        new("elapsed_ms", "ms"),
        new("lost", "goroutines", "lost") { Targets = [new Target(null, 0, 0)] },
        new("over_limit", "threads", "over-limit") { Targets = [new Target(null, 0, 0)] },
        new("threads_peak", "threads", "threads-peak"),
    ];

    public IReadOnlyList<Contender> Contenders =>
    [
        Contender.Managed(Contender.Weft, OnWeft),
        Contender.Go(_ => $"storm -goroutines {Goroutines} -block {s_length.TotalSeconds}s"),
    ];

    public bool Slow => true;

    private static Sample OnWeft(Run run)
    {
        using Scheduler scheduler = new(new SchedulerOptions { MaxProcs = run.Procs });
        int ran = 0, peak = 0, ownPeak = 0;
        long start = Clock.Now;
        Countdown left = new(Goroutines);
        for (int i = 0; i < Goroutines; i++)
        {
            scheduler.Start(() =>
            {
                Thread.Sleep(s_length);
                Interlocked.Increment(ref ran);
                left.Signal();
            });
        }

        while (!left.Done.Wait(TimeSpan.FromMilliseconds(10)))
        {
            peak = Math.Max(peak, Proc.Threads);
            ownPeak = Math.Max(ownPeak, scheduler.Statistics.Threads);
        }

        return new Sample
        {
            ["elapsed_ms"] = Clock.MillisecondsSince(start),
            ["lost"] = Goroutines - ran,
            ["over_limit"] = Math.Max(0, ownPeak - scheduler.MaxThreads),
            ["threads_peak"] = peak,
        };
    }
}
