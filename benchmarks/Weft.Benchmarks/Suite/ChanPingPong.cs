using System.Threading.Channels;
using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>Two goroutines hand a value to and fro.</summary>
internal sealed class ChanPingPong : IBenchmark
{
    private const int Count = 50_000;

    public string Name => "chan-pingpong";

    public string Summary => "a round trip between two goroutines over two unbuffered channels (.NET's: bounded, 1)";

    public IReadOnlyList<Figure> Figures => [new("ns", "ns") { Targets = [new Target("go", 0.6, 0.35), new Target("channel", 0.4, 0.4)] }];

    public IReadOnlyList<int> Procs => [1, 2];

    public IReadOnlyList<int> StatedProcs => [1];

    public IReadOnlyList<Contender> Contenders =>
    [
        Contender.Managed(Contender.Weft, run => new Sample { ["ns"] = Loops.OnWeft(run.Procs, OnWeft) }),
        Contender.Go(_ => $"pingpong -count {Count}"),
        Contender.Managed("channel", run => new Sample { ["ns"] = Loops.OnThreadPool(run.Procs, OnChannels) }),
    ];

    private static async GoroutineBody<double> OnWeft()
    {
        var there = new Chan<int>();
        var back = new Chan<int>();
        long start = Clock.Now;
        Goroutine<bool> other = Go.Start(async () =>
        {
            for (int i = 0; i < Count; i++)
                await back.SendAsync(await there.ReceiveAsync());
            return true;
        });
        for (int i = 0; i < Count; i++)
        {
            await there.SendAsync(i);
            await back.ReceiveAsync();
        }

        await other;
        return Clock.NanosecondsSince(start) / (double)Count;
    }

    private static async Task<double> OnChannels()
    {
        Channel<int> there = Channel.CreateBounded<int>(1);
        Channel<int> back = Channel.CreateBounded<int>(1);
        long start = Clock.Now;
        Task other = Task.Run(async () =>
        {
            for (int i = 0; i < Count; i++)
                await back.Writer.WriteAsync(await there.Reader.ReadAsync());
        });
        for (int i = 0; i < Count; i++)
        {
            await there.Writer.WriteAsync(i);
            await back.Reader.ReadAsync();
        }

        await other;
        return Clock.NanosecondsSince(start) / (double)Count;
    }
}
