namespace Weft.Benchmarks.Harness;

/// <summary>One line of the report.</summary>
/// <param name="Subject">The contender that is compared with its peers: Weft, or one of the ways in which a program may use Weft.</param>
/// <param name="Samples">By contender, a value for each round; null where the round has none.</param>
/// <param name="Values">By contender, what its samples say.</param>
/// <param name="Ratios">By peer, the subject's value as a multiple of the peer's in the same round.</param>
internal sealed record Row(
    string Name,
    string Unit,
    int Procs,
    string Subject,
    IReadOnlyDictionary<string, double?[]> Samples,
    IReadOnlyDictionary<string, Spread> Values,
    IReadOnlyDictionary<string, Spread> Ratios,
    IReadOnlyList<Target> Targets)
{
    /// <summary>What the subject's samples say; null when it has none.</summary>
    public Spread? Weft => Values.GetValueOrDefault(Subject);

    /// <summary>The row of a figure, or null when nobody measured it.</summary>
    public static Row? Of(IBenchmark benchmark, Figure figure, Run run, IReadOnlyDictionary<string, List<Sample?>> taken)
    {
        Dictionary<string, double?[]> samples = [];
        Dictionary<string, Spread> values = [], ratios = [];
        foreach ((string contender, List<Sample?> rounds) in taken)
        {
            // The other ways to use Weft are subjects of rows of their own.
            if (contender != figure.Subject && benchmark.Contenders.Single(each => each.Name == contender).IsWeft)
                continue;
            double?[] each = [.. rounds.Select(sample => sample?.TryGet(figure.Key, out double value) == true ? value : (double?)null)];
            if (Spread.Of(each) is not { } spread)
                continue;
            samples.Add(contender, each);
            values.Add(contender, spread);
        }

        if (samples.Count == 0)
            return null;
        foreach ((string peer, double?[] theirs) in samples)
        {
            // What else the machine does in a round touches both sides of that round's ratio, and the median leaves out the rounds that it
            // touches unequally. A ratio of two medians would compare different rounds.
            if (peer != figure.Subject && samples.TryGetValue(figure.Subject, out double?[]? own)
                && Spread.Of(own.Zip(theirs, static (weft, other) => other is null or 0 ? null : weft / other)) is { } ratio)
                ratios.Add(peer, ratio);
        }

        return new Row(figure.RowName(benchmark), figure.Unit, run.Procs, figure.Subject, samples, values, ratios, figure.Targets);
    }

    /// <summary>How the subject did against a target: aim, must, missed, or nothing when there is nothing to compare with.</summary>
    public string Verdict(Target target)
    {
        Spread? spread = target.Against is null ? Weft : Ratios.GetValueOrDefault(target.Against);
        if (spread is null)
            return "";
        return spread.Median <= target.Aim ? "aim" : spread.Median <= target.Must ? "must" : "missed";
    }
}
