using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Requests;

namespace Weft.Benchmarks.Suite;

/// <summary>Clients that ask for one path as fast as they get answers.</summary>
internal sealed class WebThroughput(string name, string path, int connections) : WebBenchmark(name)
{
    /// <summary>The peer of the targets: what a user does today about such requests.</summary>
    public string Against { get; init; } = Default;

    /// <summary>The least share of the peer's requests per second with the guard, if there is a target.</summary>
    public double? Guarded { get; init; }

    /// <summary>The same with a goroutine for each request.</summary>
    public double? InGoroutines { get; init; }

    /// <summary>How many times the peer's 99th percentile the guarded one may be, if there is a target.</summary>
    public double? GuardedP99 { get; init; }

    /// <summary>How many times the peer's CPU time of a request it may be with the guard, if there is a target.</summary>
    public double? GuardedCpu { get; init; }

    /// <summary>The same with a goroutine for each request.</summary>
    public double? CpuInGoroutines { get; init; }

    /// <summary>Whether the handler's blocking is the pool's own, so that a goroutine for each request does not suffice.</summary>
    public bool NeedsGuard { get; init; }

    public override string Summary => $"a request for {path} in ASP.NET Core, over {connections} connections";

    protected override IReadOnlyList<string> Ways => NeedsGuard ? [Guard, GoroutineAndGuard] : [Guard, Goroutine];

    protected override IEnumerable<Figure> FiguresOf(string way)
    {
        bool guarded = way == Guard;
        double? share = guarded ? Guarded : InGoroutines;
        double? cpu = guarded ? GuardedCpu : CpuInGoroutines;
        return
        [
            RowOf(way, "us", "us", suffix: null, Targets(1 / share)),
            RowOf(way, "p50_ms", "ms", "p50"),
            RowOf(way, "p99_ms", "ms", "p99", Targets(guarded ? GuardedP99 : null)),
            RowOf(way, "cpu_us", "us", "cpu", Targets(cpu)),
            RowOf(way, "errors", "requests", "errors", AtMost(0)),
        ];
    }

    protected override Sample Measure(WebServer server, Run run)
    {
        Load.Run(server.Port, path, connections, Load.WarmUp);
        TimeSpan before = server.CpuTime;
        LoadResult result = Load.Run(server.Port, path, connections, Load.LengthOf(run.Quick));
        TimeSpan cpu = server.CpuTime - before;
        return new Sample
        {
            ["us"] = result.UsPerRequest,
            ["p50_ms"] = result.P50Ms,
            ["p99_ms"] = result.P99Ms,
            ["cpu_us"] = cpu.TotalMicroseconds / Math.Max(result.Requests, 1),
            ["errors"] = result.Errors,
            ["per_second"] = result.Requests / result.Length.TotalSeconds,
        };
    }

    private Target[] Targets(double? most) => most is { } value ? [AtMost(value, Against)] : [];
}
