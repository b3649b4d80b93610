using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;
using Weft.Benchmarks.Requests;

namespace Weft.Benchmarks.Suite;

/// <summary>A request whose handler awaits ten flows at once, each of which blocks for 100 ms. Nobody else asks for anything.</summary>
internal sealed class WebFlows() : WebBenchmark("flows")
{
    private const string Path = "/flows";

    // The first compiles the code.
    private const int WarmUpRequests = 2;
    private const int Requests = 10;

    public override string Summary => "a request in ASP.NET Core whose handler awaits 10 flows that each block for 100 ms";

    protected override IEnumerable<Figure> FiguresOf(string way) =>
    [
        RowOf(way, "p50_ms", "ms", suffix: null, way == Goroutine ? [AtMost(150)] : []),
        RowOf(way, "max_ms", "ms", "max"),
    ];

    protected override Sample Measure(WebServer server, Run run)
    {
        double[] times = AskAsync(server.Port).Result;
        return new Sample { ["p50_ms"] = Percentile.Median(times), ["max_ms"] = times.Max() };
    }

    private static async Task<double[]> AskAsync(int port)
    {
        using HttpConnection connection = await HttpConnection.OpenAsync(port, CancellationToken.None);
        double[] times = new double[WarmUpRequests + Requests];
        for (int i = 0; i < times.Length; i++)
        {
            long start = Clock.Now;
            if (!await connection.GetAsync(Path, CancellationToken.None))
                throw new InvalidOperationException($"The server answered {Path} with an error.");
            times[i] = Clock.MillisecondsSince(start);
        }

        return times[WarmUpRequests..];
    }
}
