using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>Goroutines with an async body that has nothing to wait for.</summary>
internal sealed class SpawnAsync : SpawnBatches
{
    public override string Name => "spawn-async";

    public override string Summary => "start and end of a goroutine with an async body, in batches of 1,000";

    public override IReadOnlyList<Contender> Contenders =>
    [
        Goroutines(StartBatch),
        Peer,
        Contender.Managed("task", run => new Sample { ["ns"] = Loops.OnThreadPool(run.Procs, () => Measure(StartTasks)) }),
    ];

    private void StartBatch(Countdown left)
    {
        for (int i = 0; i < Batch; i++)
            Go.Start(SignalBody(left));
    }

    private void StartTasks(Countdown left)
    {
        Func<Task> body = () => Signal(left);
        for (int i = 0; i < Batch; i++)
            _ = Task.Run(body);
    }

    private static async GoroutineBody SignalBody(Countdown left)
    {
        left.Signal();
        await Task.CompletedTask;
    }

    private static async Task Signal(Countdown left)
    {
        left.Signal();
        await Task.CompletedTask;
    }
}
