using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>Resident memory of a goroutine that waits.</summary>
internal sealed class ParkedMemory : IBenchmark
{
    private const int WarmUp = 1000;

    public string Name => "parked-memory";

    public string Summary => "RSS of a parked goroutine, of 1,000,000";

    public IReadOnlyList<Figure> Figures => [new("bytes", "bytes") { Targets = [new Target(null, 400, 280)] }];

    public IReadOnlyList<Contender> Contenders =>
    [
        Contender.Managed(Contender.Weft, OnWeft),
        Contender.Go(run => $"parked-memory -goroutines {Goroutines(run)}"),
        Contender.Managed("task", OnTasks),
    ];

    public IReadOnlyList<int> StatedProcs => [Environment.ProcessorCount];

    private static int Goroutines(Run run) => run.Quick ? 100_000 : 1_000_000;

    private static Sample OnWeft(Run run)
    {
        Scheduler scheduler = new(new SchedulerOptions { MaxProcs = run.Procs });
        return Measure(count => Parking.Park(scheduler, count), Goroutines(run));
    }

    private static Sample OnTasks(Run run) => Measure(Parking.ParkTasks, Goroutines(run));

    private static Sample Measure(Action<int> park, int count)
    {
        park(WarmUp);
        Proc.CollectAndTrim();
        double before = Proc.Rss;
        park(count);
        Proc.CollectAndTrim();
        return new Sample { ["bytes"] = (Proc.Rss - before) / count };
    }
}
