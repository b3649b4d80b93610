using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Harness;

/// <summary>What several samples say together: a median, and how far they lie apart.</summary>
internal sealed record Spread(double Median, double Min, double Max)
{
    /// <summary>The spread of those values that there are; null when there is none.</summary>
    public static Spread? Of(IEnumerable<double?> values)
    {
        double[] present = [.. values.OfType<double>()];
        return present.Length == 0 ? null : new Spread(Percentile.Median(present), present.Min(), present.Max());
    }
}
