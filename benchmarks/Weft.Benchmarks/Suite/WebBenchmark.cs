using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Requests;

namespace Weft.Benchmarks.Suite;

/// <summary>
/// A benchmark of a server in ASP.NET Core, which is a process of its own. The peers are .NET's ThreadPool as it is, and with the least
/// number of threads that people set who have met starvation. Two ways to use Weft take part, each the subject of rows of its own.
/// </summary>
internal abstract class WebBenchmark(string name) : IBenchmark
{
    public const string Default = "default";
    public const string Min1000 = "min1000";

    /// <summary>The ThreadPool, guarded.</summary>
    public const string Guard = "guard";

    /// <summary>A goroutine for each request.</summary>
    public const string Goroutine = "goroutine";

    /// <summary>A goroutine for each request, and the ThreadPool behind it guarded.</summary>
    public const string GoroutineAndGuard = "goroutine+guard";

    public string Name { get; } = $"web-{name}";

    public abstract string Summary { get; }

    public IReadOnlyList<Figure> Figures => [.. Ways.SelectMany(FiguresOf)];

    public IReadOnlyList<Contender> Contenders =>
    [
        Contender.Web(Default, isWeft: false, run => Take(Default, run)) with { WhyNot = WhyNot },
        Contender.Web(Min1000, isWeft: false, run => Take(Min1000, run)) with { WhyNot = WhyNot },
        .. Ways.Select(way => Contender.Web(way, isWeft: true, run => Take(way, run)) with { WhyNot = WhyNot }),
    ];

    public virtual bool Slow => false;

    /// <summary>How much of a processor the server has, if not all of them.</summary>
    public double? Processors { get; init; }

    /// <summary>Whether its handlers ask a PostgreSQL server.</summary>
    public bool NeedsDatabase { get; init; }

    /// <summary>The ways to use Weft that take part.</summary>
    protected virtual IReadOnlyList<string> Ways => [Guard, Goroutine];

    /// <summary>What is reported of one of the ways.</summary>
    protected abstract IEnumerable<Figure> FiguresOf(string way);

    /// <summary>Takes a sample of a server that was just started.</summary>
    protected abstract Sample Measure(WebServer server, Run run);

    /// <summary>Does what is to be done before the server is started.</summary>
    protected virtual void Prepare()
    {
    }

    /// <summary>A row of one of the ways; <paramref name="suffix"/> is null for the main one.</summary>
    protected static Figure RowOf(string way, string key, string unit, string? suffix, params IReadOnlyList<Target> targets) =>
        new(key, unit, suffix is null ? way : $"{way}-{suffix}") { Subject = way, Targets = targets };

    /// <summary>At most <paramref name="value"/>, or that multiple of the peer's value.</summary>
    protected static Target AtMost(double value, string? against = null) => new(against, value, value);

    // What cannot be had for a sample cannot be had now.
    private string? WhyNot()
    {
        using CpuQuota? quota = MakeQuota(out string noQuota);
        using PostgresCluster? database = StartDatabase(out string noDatabase);
        return quota is null && Processors is not null ? noQuota : database is null && NeedsDatabase ? noDatabase : null;
    }

    private Sample Take(string way, Run run)
    {
        Prepare();
        using CpuQuota? quota = MakeQuota(out _);
        using PostgresCluster? database = StartDatabase(out _);
        using WebServer server = new(way, quota, database);
        return Measure(server, run);
    }

    private CpuQuota? MakeQuota(out string reason)
    {
        reason = "";
        return Processors is double processors ? CpuQuota.TryMake(processors, out reason) : null;
    }

    private PostgresCluster? StartDatabase(out string reason)
    {
        reason = "";
        return NeedsDatabase ? PostgresCluster.TryStart(out reason) : null;
    }
}
