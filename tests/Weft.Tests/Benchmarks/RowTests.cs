using Weft.Benchmarks.Harness;
using Weft.Tests.Support;

namespace Weft.Tests.Benchmarks;

[ReleaseIsEnough]
public sealed class RowTests
{
    private static readonly Run s_run = new(Procs: 2, Quick: false);

    [Fact]
    public void Of_TwoWaysToUseWeft_ComparesEachWithThePeersAndNotWithTheOther()
    {
        TwoWays benchmark = new();
        Dictionary<string, List<Sample?>> taken = new()
        {
            ["peer"] = [new Sample { ["ms"] = 10 }],
            ["one"] = [new Sample { ["ms"] = 5 }],
            ["other"] = [new Sample { ["ms"] = 30 }],
        };
        Row[] rows = [.. benchmark.Figures.Select(figure => Row.Of(benchmark, figure, s_run, taken)).OfType<Row>()];
        Assert.Equal(["two-ways/one", "two-ways/other"], rows.Select(row => row.Name));
        Assert.Equal([5, 30], rows.Select(row => row.Weft?.Median));
        Assert.Equal([0.5, 3], rows.Select(row => row.Ratios.Single().Value.Median));
        Assert.Equal(["aim", "missed"], rows.Select(row => row.Verdict(row.Targets.Single())));
    }

    private sealed class TwoWays : IBenchmark
    {
        public string Name => "two-ways";

        public string Summary => "";

        public IReadOnlyList<Figure> Figures =>
        [
            new("ms", "ms", "one") { Subject = "one", Targets = [new Target("peer", 1, 1)] },
            new("ms", "ms", "other") { Subject = "other", Targets = [new Target("peer", 1, 1)] },
        ];

        public IReadOnlyList<Contender> Contenders =>
        [
            Contender.Web("peer", isWeft: false, static _ => new Sample()),
            Contender.Web("one", isWeft: true, static _ => new Sample()),
            Contender.Web("other", isWeft: true, static _ => new Sample()),
        ];
    }
}
