using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>As <see cref="Spawn"/>, with a batch that overflows every local queue and the caches.</summary>
internal sealed class SpawnMany : SpawnBatches
{
    public override string Name => "spawn-many";

    public override string Summary => "start and end of a goroutine, in batches of 100,000";

    public override IReadOnlyList<Contender> Contenders => [Goroutines(StartBatch), Peer, Tasks];

    public override IReadOnlyList<int> StatedProcs => [1];

    protected override int Batch => 100_000;

    private void StartBatch(Countdown left)
    {
        Action body = left.Signal;
        for (int i = 0; i < Batch; i++)
            Go.Start(body);
    }
}
