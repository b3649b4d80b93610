using System.Threading.Channels;
using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>A tree of a million goroutines, ten to a node, that send their sums up (after the benchmark of A. Temerev).</summary>
internal sealed class Skynet : IBenchmark
{
    private const long Size = 1_000_000;
    private const int Children = 10;
    private const int Repetitions = 3;

    public string Name => "skynet";

    public string Summary => "a million goroutines, ten to a node of a tree, that send their sums up over unbuffered channels";

    public IReadOnlyList<Figure> Figures =>
        [new("ms", "ms") { Targets = [new Target("go", 0.6, 0.35), new Target("channel", 0.25, 0.25)] }];

    public IReadOnlyList<int> Procs => [1, 2];

    public IReadOnlyList<int> StatedProcs => [2];

    public IReadOnlyList<Contender> Contenders =>
    [
        Contender.Managed(Contender.Weft, run =>
        {
            using Scheduler scheduler = new(new SchedulerOptions { MaxProcs = run.Procs });
            return new Sample { ["ms"] = Median(() => scheduler.Start(OnWeft()).Task.GetAwaiter().GetResult()) };
        }),
        Contender.Go(_ => $"skynet -size {Size}"),
        Contender.Managed("channel", run =>
        {
            TaskPool.Limit(run.Procs);
            return new Sample { ["ms"] = Median(() => Task.Run(OnChannels).GetAwaiter().GetResult()) };
        }),
    ];

    private static double Median(Func<long> run)
    {
        Measure(run);
        return Percentile.Median([.. Enumerable.Range(0, Repetitions).Select(_ => Measure(run))]);
    }

    private static double Measure(Func<long> run)
    {
        long start = Clock.Now;
        if (run() != Size * (Size - 1) / 2)
            throw new InvalidOperationException("The sum is wrong.");
        return Clock.MillisecondsSince(start);
    }

    private static async GoroutineBody<long> OnWeft()
    {
        var result = new Chan<long>();
        Go.Start(Node(result, 0, Size));
        return await result.ReceiveAsync();
    }

    private static async GoroutineBody Node(Chan<long> to, long number, long size)
    {
        if (size == 1)
        {
            await to.SendAsync(number);
            return;
        }

        var from = new Chan<long>();
        for (int i = 0; i < Children; i++)
        {
            long child = number + (i * size / Children);
            Go.Start(Node(from, child, size / Children));
        }

        long sum = 0;
        for (int i = 0; i < Children; i++)
            sum += await from.ReceiveAsync();
        await to.SendAsync(sum);
    }

    private static async Task<long> OnChannels()
    {
        Channel<long> result = Channel.CreateBounded<long>(1);
        _ = Task.Run(() => Node(result.Writer, 0, Size));
        return await result.Reader.ReadAsync();
    }

    private static async Task Node(ChannelWriter<long> to, long number, long size)
    {
        if (size == 1)
        {
            await to.WriteAsync(number);
            return;
        }

        Channel<long> from = Channel.CreateBounded<long>(1);
        for (int i = 0; i < Children; i++)
        {
            long child = number + (i * size / Children);
            _ = Task.Run(() => Node(from.Writer, child, size / Children));
        }

        long sum = 0;
        for (int i = 0; i < Children; i++)
            sum += await from.Reader.ReadAsync();
        await to.WriteAsync(sum);
    }
}
