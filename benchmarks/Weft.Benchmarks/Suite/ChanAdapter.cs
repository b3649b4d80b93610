using System.Threading.Channels;
using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>A producer and a consumer at one channel, both in .NET's dress: what code pays that takes readers and writers.</summary>
internal sealed class ChanAdapter : IBenchmark
{
    private const int Count = 100_000;
    private const int Capacity = 64;

    public string Name => "chan-adapter";

    public string Summary => $"an item from a writer to a reader of System.Threading.Channels, capacity {Capacity}";

    public IReadOnlyList<Figure> Figures => [new("ns", "ns") { Targets = [new Target("channel", 1.0, 0.8)] }];

    public IReadOnlyList<int> Procs => [1, 2];

    public IReadOnlyList<Contender> Contenders =>
    [
        Contender.Managed(Contender.Weft, run => new Sample { ["ns"] = Loops.OnWeft(run.Procs, OnWeft) }),
        Contender.Managed("channel", run => new Sample { ["ns"] = Loops.OnThreadPool(run.Procs, OnChannels) }),
    ];

    private static async GoroutineBody<double> OnWeft()
    {
        Channel<int> items = new Chan<int>(Capacity).AsChannel();
        long start = Clock.Now;
        Go.Start((Func<Task>)(() => WriteAsync(items.Writer)));
        await Go.Start(async Task<bool> () =>
        {
            await ReadAsync(items.Reader);
            return true;
        });
        return Clock.NanosecondsSince(start) / (double)Count;
    }

    private static async Task<double> OnChannels()
    {
        Channel<int> items = Channel.CreateBounded<int>(Capacity);
        long start = Clock.Now;
        _ = Task.Run(() => WriteAsync(items.Writer));
        await Task.Run(() => ReadAsync(items.Reader));
        return Clock.NanosecondsSince(start) / (double)Count;
    }

    private static async Task WriteAsync(ChannelWriter<int> writer)
    {
        for (int i = 0; i < Count; i++)
            await writer.WriteAsync(i);
    }

    private static async Task ReadAsync(ChannelReader<int> reader)
    {
        for (int i = 0; i < Count; i++)
            await reader.ReadAsync();
    }
}
