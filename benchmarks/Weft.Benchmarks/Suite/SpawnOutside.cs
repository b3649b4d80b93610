using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>As <see cref="Spawn"/>, from a thread that is no goroutine's. Go has no such thing, .NET's tasks do.</summary>
internal sealed class SpawnOutside : IBenchmark
{
    private const int Batch = 1000;
    private const int Batches = 100;

    public string Name => "spawn-outside";

    public string Summary => "start and end of a goroutine, in batches of 1,000, from a thread outside";

    public IReadOnlyList<Figure> Figures => [new("ns", "ns") { Targets = [new Target("task", 1.0, 0.6)] }];

    public IReadOnlyList<Contender> Contenders =>
    [
        Contender.Managed(Contender.Weft, OnWeft),
        Contender.Managed("task", OnTasks),
    ];

    public IReadOnlyList<int> Procs => [1, 2];

    public IReadOnlyList<int> StatedProcs => [2];

    private static Sample OnWeft(Run run)
    {
        using Scheduler scheduler = new(new SchedulerOptions { MaxProcs = run.Procs });
        return Measure(body => scheduler.Start(body));
    }

    private static Sample OnTasks(Run run)
    {
        TaskPool.Limit(run.Procs);
        return Measure(body => Task.Run(body));
    }

    private static Sample Measure(Action<Action> start) => new()
    {
        ["ns"] = Repeat.Median(() =>
        {
            long began = Clock.Now;
            for (int batch = 0; batch < Batches; batch++)
            {
                Countdown left = new(Batch);
                Action body = left.Signal;
                for (int i = 0; i < Batch; i++)
                    start(body);
                left.Done.Wait();
            }

            return Clock.NanosecondsSince(began) / (Batch * Batches);
        }),
    };
}
