using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Requests;

namespace Weft.Benchmarks.Suite;

/// <summary>What a server keeps of the threads that 1,000 connections needed whose handlers block for 50 ms.</summary>
internal sealed class WebThreads() : WebBenchmark("threads")
{
    private const int Connections = 1000;
    private const int WarmUpConnections = 64;
    private const int FewThreads = 20;
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(10);

    // The ThreadPool lets a thread go that has had nothing to do for 20 s.
    private static readonly TimeSpan s_later = TimeSpan.FromSeconds(30);

    public override string Summary => $"threads that are left after {Connections} connections whose handlers block";

    public override bool Slow => true;

    protected override IEnumerable<Figure> FiguresOf(string way) =>
    [
        RowOf(way, "soon_threads", "threads", $"{s_soon.TotalSeconds}s", way == Goroutine ? [AtMost(FewThreads)] : []),
        RowOf(way, "later_threads", "threads", $"{s_later.TotalSeconds}s", AtMost(FewThreads)),
        RowOf(way, "later_rss_mb", "MB", "rss"),
    ];

    protected override Sample Measure(WebServer server, Run run)
    {
        // What the server has once it has served something is no remnant.
        Load.Run(server.Port, "/plaintext", WarmUpConnections, Load.WarmUp);
        int before = server.Threads;
        Load.Run(server.Port, "/sleep", Connections, Load.LengthOf(run.Quick));
        Thread.Sleep(s_soon);
        int soon = server.Threads;
        Thread.Sleep(s_later - s_soon);
        return new Sample
        {
            ["soon_threads"] = soon - before,
            ["later_threads"] = server.Threads - before,
            ["later_rss_mb"] = server.Rss / 1e6,
        };
    }
}
