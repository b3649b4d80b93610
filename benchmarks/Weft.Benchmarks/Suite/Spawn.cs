using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>Goroutines with a synchronous body, 1,000 alive at a time: as many as fit the caches, in Go too.</summary>
internal sealed class Spawn : SpawnBatches
{
    public override string Name => "spawn";

    public override string Summary => "start and end of a goroutine, in batches of 1,000, from inside a goroutine";

    public override IReadOnlyList<Contender> Contenders => [Goroutines(StartBatch), Peer, Tasks];

    public override IReadOnlyList<int> StatedProcs => Procs;

    private void StartBatch(Countdown left)
    {
        Action body = left.Signal;
        for (int i = 0; i < Batch; i++)
            Go.Start(body);
    }
}
