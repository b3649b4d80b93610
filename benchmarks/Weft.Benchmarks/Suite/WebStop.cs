using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;
using Weft.Benchmarks.Requests;

namespace Weft.Benchmarks.Suite;

/// <summary>A server that is told to stop while 500 handlers block for 2 s: it is to serve them first.</summary>
internal sealed class WebStop() : WebBenchmark("stop")
{
    private const int Connections = 500;
    private const int WarmUpConnections = 64;

    // By then all requests have been sent, and no handler that began at once has ended.
    private static readonly TimeSpan s_before = TimeSpan.FromSeconds(1);

    // A host gives requests 30 s to end.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(45);

    public override string Summary => $"requests that are lost when a server is told to stop while {Connections} handlers block for 2 s";

    public override bool Slow => true;

    protected override IEnumerable<Figure> FiguresOf(string way) =>
    [
        RowOf(way, "lost", "requests", "lost", AtMost(0)),
        RowOf(way, "exit_s", "s", "exit"),
    ];

    protected override Sample Measure(WebServer server, Run run)
    {
        Load.Run(server.Port, "/plaintext", WarmUpConnections, Load.WarmUp);
        Task<Burst> burst = Burst.RunAsync(server.Port, "/sleep-long", Connections, s_limit);
        Thread.Sleep(s_before);
        long told = Clock.Now;
        server.Terminate();
        server.WaitForExit(s_limit);
        double exit = Clock.MillisecondsSince(told) / 1000;
        return new Sample { ["lost"] = burst.Result.Lost, ["exit_s"] = exit };
    }
}
