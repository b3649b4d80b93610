using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>A value that goes round a ring of goroutines.</summary>
internal sealed class ChanRing : IBenchmark
{
    private const int Size = 1000;
    private const int Rounds = 50;

    public string Name => "chan-ring";

    public string Summary => $"a hop in a ring of {Size} goroutines with unbuffered channels between them";

    public IReadOnlyList<Figure> Figures => [new("ns", "ns") { Targets = [new Target("go", 0.6, 0.4)] }];

    public IReadOnlyList<int> Procs => [1, 2];

    public IReadOnlyList<Contender> Contenders =>
    [
        Contender.Managed(Contender.Weft, run => new Sample { ["ns"] = Loops.OnWeft(run.Procs, OnWeft) }),
        Contender.Go(_ => $"ring -size {Size} -rounds {Rounds}"),
    ];

    private static async GoroutineBody<double> OnWeft()
    {
        var first = new Chan<int>();
        Chan<int> last = first;
        for (int i = 0; i < Size; i++)
        {
            (Chan<int> from, Chan<int> to) = (last, new Chan<int>());
            Go.Start(Pass(from, to));
            last = to;
        }

        long start = Clock.Now;
        for (int i = 0; i < Rounds; i++)
        {
            await first.SendAsync(i);
            await last.ReceiveAsync();
        }

        double each = Clock.NanosecondsSince(start) / ((double)Size * Rounds);
        first.Close();
        await last.ReceiveAsync();
        return each;
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
