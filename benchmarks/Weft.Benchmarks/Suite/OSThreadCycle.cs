using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;
using Weft.Threads;

namespace Weft.Benchmarks.Suite;

/// <summary>A thread from creation until it is joined.</summary>
internal sealed class OSThreadCycle : IBenchmark
{
    public string Name => "osthread";

    public string Summary => "create, run, exit and join one thread";

    public IReadOnlyList<Figure> Figures =>
        [new("us", "us") { Targets = [new Target("thread", 0.5, 0.3), new Target("c", 1.5, 1.1)] }];

    public IReadOnlyList<Contender> Contenders =>
    [
        Contender.Managed(Contender.Weft, run => Measure(run, static () => OSThread.Start(Body).Join())),
        Contender.Managed("thread", run => Measure(run, static () =>
        {
            Thread thread = new(Body);
            thread.Start();
            thread.Join();
        })),
        Contender.C(run => $"{Threads(run)}"),
    ];

    public IReadOnlyList<int> StatedProcs => [Environment.ProcessorCount];

    private static int Threads(Run run) => run.Quick ? 100 : 500;

    private static void Body()
    {
    }

    private static Sample Measure(Run run, Action cycle)
    {
        int threads = Threads(run);
        return new Sample
        {
            ["us"] = Repeat.Median(() =>
            {
                long start = Clock.Now;
                for (int i = 0; i < threads; i++)
                    cycle();
                return Clock.MicrosecondsSince(start) / threads;
            }),
        };
    }
}
