using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Requests;

namespace Weft.Benchmarks.Suite;

/// <summary>A pool that is full of items which wait for items behind them: nothing but more threads gets it going again.</summary>
internal sealed class WebStarved() : WebBenchmark("starved")
{
    private const int WarmUpConnections = 64;

    // The pool as it is adds one or two threads a second, so it would be at it for a quarter of an hour.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    public override string Summary => "one request whose handler fills the pool with 2,000 items, each of which waits for one behind them";

    public override bool Slow => true;

    protected override IReadOnlyList<string> Ways => [Guard];

    protected override IEnumerable<Figure> FiguresOf(string way) =>
    [
        RowOf(way, "all_ms", "ms", suffix: null, AtMost(2_000)),
        RowOf(way, "lost", "requests", "lost", AtMost(0)),
    ];

    protected override Sample Measure(WebServer server, Run run)
    {
        Load.RunWarmUp(server, "/plaintext", WarmUpConnections, Load.WarmUp);
        Burst burst = Burst.RunAsync(server.Port, "/starved", 1, s_limit).Result;
        return new Sample { ["all_ms"] = burst.ElapsedMs, ["lost"] = burst.Lost };
    }
}
