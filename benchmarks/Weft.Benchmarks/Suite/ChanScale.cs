using System.Globalization;
using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>What more goroutines do to the cost of an operation: a value that goes round rings of 2 to 1,000,000.</summary>
internal sealed class ChanScale : IBenchmark
{
    private const int Smallest = 2;
    private const int LeastHops = 200_000;

    // The pauses let the background compiler, which compiles hot code twice, catch up: after four of them it had not in half of the runs.
    private const int WarmUps = 12;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(120);
    private static readonly int[] s_larger = [100, 10_000, 1_000_000];

    public string Name => "chan-scale";

    public string Summary =>
        "a hop over an unbuffered channel, in rings of 2 to 1,000,000 goroutines; growth: the largest's by the smallest's";

    public IReadOnlyList<Figure> Figures =>
    [
        .. s_larger.Prepend(Smallest).Select(size => new Figure(Key(size), "ns", Key(size))),
        new("growth", "x", "growth") { Targets = [new Target("go", 1.0, 1.0)] },
    ];

    public IReadOnlyList<int> Procs => [1, 2];

    public IReadOnlyList<Contender> Contenders =>
    [
        Contender.Managed(Contender.Weft, OnWeft),
        Contender.Go(run => $"scale -largest {Largest(run)} -hops {LeastHops}"),
    ];

    private static int Largest(Run run) => run.Quick ? 10_000 : 1_000_000;

    private static string Key(int size) => size.ToString(CultureInfo.InvariantCulture);

    private static Sample OnWeft(Run run)
    {
        using Scheduler scheduler = new(new SchedulerOptions { MaxProcs = run.Procs });
        double HopTime(int size, int warmUps) => scheduler.Start(Measure(size, warmUps)).Task.GetAwaiter().GetResult();

        double smallest = HopTime(Smallest, WarmUps);
        Sample sample = new() { [Key(Smallest)] = smallest };
        foreach (int size in s_larger.Where(size => size <= Largest(run)))
        {
            double hop = HopTime(size, warmUps: 1);
            sample[Key(size)] = hop;
            sample["growth"] = hop / smallest;
        }

        return sample;
    }

    /// <summary>The median of three times of a hop in a ring, once it is warm.</summary>
    private static async GoroutineBody<double> Measure(int size, int warmUps)
    {
        var first = new Chan<int>();
        Chan<int> last = first;
        for (int i = 1; i < size; i++)
        {
            (Chan<int> from, Chan<int> to) = (last, new Chan<int>());
            Go.Start(Pass(from, to));
            last = to;
        }

        int rounds = (LeastHops + size - 1) / size;
        for (int i = 0; i < warmUps; i++)
        {
            await GoRound(first, last, size, rounds);
            await Task.Delay(s_pause);
        }

        double[] hops = new double[3];
        for (int i = 0; i < hops.Length; i++)
            hops[i] = await GoRound(first, last, size, rounds);
        first.Close();
        await last.ReceiveOrClosedAsync();
        return Percentile.Median(hops);
    }

    private static async Task<double> GoRound(Chan<int> first, Chan<int> last, int size, int rounds)
    {
        long start = Clock.Now;
        for (int i = 0; i < rounds; i++)
        {
            await first.SendAsync(0);
            if (await last.ReceiveAsync() != size - 1)
                throw new InvalidOperationException("The value has not been everywhere.");
        }

        return Clock.NanosecondsSince(start) / ((double)rounds * size);
    }

    private static async GoroutineBody Pass(Chan<int> from, Chan<int> to)
    {
        while (true)
        {
            (int value, bool ok) = await from.ReceiveOrClosedAsync();
            if (!ok)
                break;
            await to.SendAsync(value + 1);
        }

        to.Close();
    }
}
