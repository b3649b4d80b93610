using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>
/// Start and end of a goroutine that does nothing but count down: batches are started, then waited for. All contenders use one delegate a
/// batch.
/// </summary>
internal abstract class SpawnBatches : IBenchmark
{
    // What one repetition starts altogether.
    private const int Total = 100_000;

    public abstract string Name { get; }

    public abstract string Summary { get; }

    public abstract IReadOnlyList<Contender> Contenders { get; }

    public virtual IReadOnlyList<Figure> Figures =>
        [new("ns", "ns") { Targets = [new Target("go", 0.5, 0.3), new Target("task", 0.6, 0.6)] }];

    public IReadOnlyList<int> Procs => [1, 2];

    public virtual IReadOnlyList<int> StatedProcs => [];

    /// <summary>Goroutines in a batch.</summary>
    protected virtual int Batch => 1000;

    protected Contender Peer => Contender.Go(_ => $"spawn -goroutines {Batch} -batches {Total / Batch}");

    protected Contender Tasks => Contender.Managed("task", run => new Sample
    {
        ["ns"] = Loops.OnThreadPool(run.Procs, () => Measure(left =>
        {
            Action body = left.Signal;
            for (int i = 0; i < Batch; i++)
                _ = Task.Run(body);
        })),
    });

    /// <summary>Weft's contender: <paramref name="start"/> starts a batch whose goroutines signal its argument.</summary>
    protected Contender Goroutines(Action<Countdown> start) => Contender.Managed(
        Contender.Weft,
        run => new Sample { ["ns"] = Loops.OnWeft(run.Procs, () => Measure(start)) });

    protected async Task<double> Measure(Action<Countdown> startBatch)
    {
        long start = Clock.Now;
        for (int i = 0; i < Total; i += Batch)
        {
            Countdown left = new(Batch);
            startBatch(left);
            await left.Done;
        }

        return Clock.NanosecondsSince(start) / Total;
    }
}
