using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>Each goroutine starts the next: never more than two at a time.</summary>
internal sealed class SpawnChained : IBenchmark
{
    private const int Links = 100_000;

    public string Name => "spawn-chained";

    public string Summary => "start and end of a goroutine that starts the next one";

    public IReadOnlyList<Figure> Figures => [new("ns", "ns") { Targets = [new Target("go", 1.0, 0.5), new Target("task", 1.0, 0.6)] }];

    public IReadOnlyList<Contender> Contenders =>
    [
        Contender.Managed(
            Contender.Weft,
            run => new Sample { ["ns"] = Loops.OnWeft(run.Procs, () => Measure(static body => Go.Start(body))) }),
        Contender.Go(_ => $"spawn-chained -goroutines {Links}"),
        Contender.Managed(
            "task",
            run => new Sample { ["ns"] = Loops.OnThreadPool(run.Procs, () => Measure(static body => Task.Run(body))) }),
    ];

    public IReadOnlyList<int> Procs => [1, 2];

    private static async Task<double> Measure(Action<Action> startNext)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int left = Links;
        Action link = null!;
        link = () =>
        {
            if (--left == 0)
                done.SetResult();
            else
                startNext(link);
        };
        long start = Clock.Now;
        startNext(link);
        await done.Task;
        return Clock.NanosecondsSince(start) / Links;
    }
}
