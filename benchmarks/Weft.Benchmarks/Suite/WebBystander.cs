using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;
using Weft.Benchmarks.Requests;

namespace Weft.Benchmarks.Suite;

/// <summary>How long a request takes that does not block, while the handlers of 256 connections do.</summary>
internal sealed class WebBystander(string name, string path) : WebBenchmark($"bystander-{name}")
{
    private const int Connections = 256;

    public override string Summary => $"a request for /plaintext while {Connections} connections ask for {path}";

    public override bool Slow => true;

    protected override IReadOnlyList<string> Ways => [Guard, GoroutineAndGuard];

    protected override IEnumerable<Figure> FiguresOf(string way) =>
    [
        RowOf(way, "p99_ms", "ms", suffix: null, AtMost(way == Guard ? 10 : 20)),
        RowOf(way, "p50_ms", "ms", "p50"),
        RowOf(way, "max_ms", "ms", "max"),
        RowOf(way, "unserved", "requests", "unserved", AtMost(0)),
    ];

    protected override Sample Measure(WebServer server, Run run)
    {
        using Bystander bystander = new(server.Port, "/plaintext");
        Load.Run(server.Port, path, Connections, Load.WarmUp);

        // The load outlasts those who are measured.
        TimeSpan length = Load.LengthOf(run.Quick);
        Task<LoadResult> load = Task.Factory.StartNew(
            () => Load.Run(server.Port, path, Connections, Load.WarmUp + length),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        Thread.Sleep(Load.WarmUp / 2);
        double[] times = bystander.Ask(length);
        load.Wait();
        return new Sample
        {
            ["p50_ms"] = Percentile.Of(times, 50),
            ["p99_ms"] = Percentile.Of(times, 99),
            ["max_ms"] = times.Max(),
            ["unserved"] = bystander.Unserved,
        };
    }
}
