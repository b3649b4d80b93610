using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Harness;

/// <summary>One line of the report. Values are medians over the rounds, ratios are ratios of medians.</summary>
internal sealed record Row(
    string Name,
    string Unit,
    int Procs,
    double? Weft,
    IReadOnlyDictionary<string, double> Peers,
    IReadOnlyDictionary<string, double> Ratios,
    IReadOnlyList<Target> Targets,
    IReadOnlyDictionary<string, double[]> Samples)
{
    /// <summary>The row of a figure, or null when nobody measured it.</summary>
    public static Row? Of(IBenchmark benchmark, Figure figure, Run run, Dictionary<string, List<Sample>> taken)
    {
        Dictionary<string, double[]> samples = [];
        foreach ((string name, List<Sample> all) in taken)
        {
            double[] values = [.. all.Where(sample => sample.TryGet(figure.Key, out _)).Select(sample => sample[figure.Key])];
            if (values.Length > 0)
                samples.Add(name, values);
        }

        if (samples.Count == 0)
            return null;
        double? weft = samples.TryGetValue(Contender.Weft, out double[]? own) ? Percentile.Median(own) : null;
        Dictionary<string, double> peers = samples
            .Where(pair => pair.Key != Contender.Weft)
            .ToDictionary(pair => pair.Key, pair => Percentile.Median(pair.Value));
        Dictionary<string, double> ratios = peers
            .Where(pair => weft is not null && pair.Value != 0)
            .ToDictionary(pair => pair.Key, pair => weft!.Value / pair.Value);
        return new Row(figure.RowName(benchmark), figure.Unit, run.Procs, weft, peers, ratios, figure.Targets, samples);
    }

    /// <summary>How Weft did against a target: aim, must, missed, or nothing when there is nothing to compare with.</summary>
    public string Verdict(Target target)
    {
        double? value = target.Against is null ? Weft : Ratios.TryGetValue(target.Against, out double ratio) ? ratio : null;
        if (value is null)
            return "";
        return value <= target.Aim ? "aim" : value <= target.Must ? "must" : "missed";
    }
}
