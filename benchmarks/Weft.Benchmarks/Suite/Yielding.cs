using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>Goroutines that give their turn to each other.</summary>
internal sealed class Yielding : IBenchmark
{
    private const int Goroutines = 1000;
    private const int Turns = 500;

    public string Name => "yield";

    public string Summary => $"one yield, of {Goroutines} goroutines that do nothing else";

    public IReadOnlyList<Figure> Figures => [new("ns", "ns") { Targets = [new Target("go", 1.0, 0.7)] }];

    public IReadOnlyList<Contender> Contenders =>
    [
        Contender.Managed(
            Contender.Weft,
            run => new Sample
            {
                ["ns"] = Loops.OnWeft(run.Procs, static () => Measure(static left => Go.Start(YieldGoroutine(left)))),
            }),
        Contender.Go(_ => $"yield -goroutines {Goroutines} -turns {Turns}"),
        Contender.Managed(
            "task",
            run => new Sample
            {
                ["ns"] = Loops.OnThreadPool(run.Procs, static () => Measure(static left => Task.Run(() => YieldTask(left)))),
            }),
    ];

    public IReadOnlyList<int> Procs => [1, 2];

    private static async Task<double> Measure(Action<Countdown> startOne)
    {
        long start = Clock.Now;
        Countdown left = new(Goroutines);
        for (int i = 0; i < Goroutines; i++)
            startOne(left);
        await left.Done;
        return Clock.NanosecondsSince(start) / ((double)Goroutines * Turns);
    }

    private static async GoroutineBody YieldGoroutine(Countdown left)
    {
        for (int turn = 0; turn < Turns; turn++)
            await Go.Yield();
        left.Signal();
    }

    private static async Task YieldTask(Countdown left)
    {
        for (int turn = 0; turn < Turns; turn++)
            await Task.Yield();
        left.Signal();
    }
}
