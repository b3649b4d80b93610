using System.Threading.Channels;
using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>Producers and consumers at one channel.</summary>
internal sealed class ChanStream(string name, int pairs, int capacity, Target[] targets, params int[] stated) : IBenchmark
{
    private const int Count = 100_000;

    public string Name => name;

    public string Summary => $"an item from {pairs} producers to {pairs} consumers over one channel, capacity {capacity}";

    public IReadOnlyList<Figure> Figures => [new("ns", "ns") { Targets = targets }];

    public IReadOnlyList<int> Procs => [1, 2];

    public IReadOnlyList<int> StatedProcs => stated;

    public IReadOnlyList<Contender> Contenders =>
    [
        Contender.Managed(Contender.Weft, run => new Sample { ["ns"] = Loops.OnWeft(run.Procs, OnWeft) }),
        Contender.Go(_ => $"stream -count {Count} -pairs {pairs} -capacity {capacity}"),
        Contender.Managed("channel", run => new Sample { ["ns"] = Loops.OnThreadPool(run.Procs, OnChannels) }),
    ];

    private async GoroutineBody<double> OnWeft()
    {
        var items = new Chan<int>(capacity);
        long start = Clock.Now;
        var consumers = new Goroutine<bool>[pairs];
        for (int p = 0; p < pairs; p++)
        {
            Go.Start(async () =>
            {
                for (int i = 0; i < Count / pairs; i++)
                    await items.SendAsync(i);
            });
            consumers[p] = Go.Start(async () =>
            {
                for (int i = 0; i < Count / pairs; i++)
                    await items.ReceiveAsync();
                return true;
            });
        }

        foreach (Goroutine<bool> consumer in consumers)
            await consumer;
        return Clock.NanosecondsSince(start) / (double)Count;
    }

    private async Task<double> OnChannels()
    {
        Channel<int> items = Channel.CreateBounded<int>(Math.Max(1, capacity));
        long start = Clock.Now;
        var consumers = new Task[pairs];
        for (int p = 0; p < pairs; p++)
        {
            _ = Task.Run(async () =>
            {
                for (int i = 0; i < Count / pairs; i++)
                    await items.Writer.WriteAsync(i);
            });
            consumers[p] = Task.Run(async () =>
            {
                for (int i = 0; i < Count / pairs; i++)
                    await items.Reader.ReadAsync();
            });
        }

        await Task.WhenAll(consumers);
        return Clock.NanosecondsSince(start) / (double)Count;
    }
}
