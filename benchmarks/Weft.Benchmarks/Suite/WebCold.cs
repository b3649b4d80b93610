using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Requests;

namespace Weft.Benchmarks.Suite;

/// <summary>A server that has just started, and many connections at once, each with a request whose handler blocks for 50 ms.</summary>
internal sealed class WebCold(string name, string path, double guardedMs, double inGoroutinesMs) : WebBenchmark($"cold-{name}")
{
    private const int Connections = 1000;

    // Who has not served them by then is not going to serve them soon. The pool as it is needs 6 to 12 s when handlers merely sleep.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(15);

    // The canned server answers them in a tenth of a second.
    private static readonly TimeSpan s_warmUpLimit = TimeSpan.FromSeconds(5);

    public override string Summary => $"{Connections} connections at once to a server that has just started, until all have {path}";

    public override bool Slow => true;

    // A handler that waits for the pool needs the guard, and one program has to stand all three kinds.
    protected override IReadOnlyList<string> Ways => [Guard, GoroutineAndGuard];

    protected override IEnumerable<Figure> FiguresOf(string way) =>
    [
        RowOf(way, "all_ms", "ms", suffix: null, AtMost(way == Guard ? guardedMs : inGoroutinesMs)),
        RowOf(way, "lost", "requests", "lost", AtMost(0)),
    ];

    // The server is cold, and the client is not.
    protected override void Prepare()
    {
        using CannedServer canned = new();
        Burst.RunAsync(canned.Port, path, Connections, s_warmUpLimit).Wait();
    }

    protected override Sample Measure(WebServer server, Run run)
    {
        Burst burst = Burst.RunAsync(server.Port, path, Connections, s_limit).Result;
        return new Sample { ["all_ms"] = burst.ElapsedMs, ["lost"] = burst.Lost };
    }
}
