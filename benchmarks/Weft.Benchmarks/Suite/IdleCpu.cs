using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>CPU time of a process whose goroutines all sleep.</summary>
internal sealed class IdleCpu : IBenchmark
{
    private const int Goroutines = 10_000;

    // Long enough for the last idle thread to retire (5 s by default) and for background compilation to end.
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(10);

    public string Name => "idle-cpu";

    public string Summary => $"CPU time while {Goroutines} goroutines are parked, over {s_window.TotalSeconds:0} s";

    public IReadOnlyList<Figure> Figures => [new("cpu_ms_per_s", "ms/s") { Targets = [new Target(null, 1, 0.1)] }];

    public IReadOnlyList<Contender> Contenders =>
    [
        Contender.Managed(Contender.Weft, OnWeft),
        Contender.Go(_ => $"idle-cpu -goroutines {Goroutines} -pause {s_pause.TotalSeconds}s -window {s_window.TotalSeconds}s"),
    ];

    public bool Slow => true;

    private static Sample OnWeft(Run run)
    {
        Scheduler scheduler = new(new SchedulerOptions { MaxProcs = run.Procs });
        Parking.Park(scheduler, Goroutines);
        Thread.Sleep(s_pause);
        TimeSpan before = Clock.CpuTime();
        long start = Clock.Now;
        Thread.Sleep(s_window);
        TimeSpan used = Clock.CpuTime() - before;
        return new Sample { ["cpu_ms_per_s"] = used.TotalMilliseconds / (Clock.MillisecondsSince(start) / 1000) };
    }
}
