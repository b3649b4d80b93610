namespace Weft.Benchmarks.Measure;

/// <summary>Order statistics.</summary>
internal static class Percentile
{
    /// <summary>The smallest value that is not below <paramref name="percent"/> of them; 0 without values. Sorts a copy.</summary>
    public static double Of(IEnumerable<double> values, double percent)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0)
            return 0;
        int rank = (int)Math.Ceiling(percent / 100 * sorted.Length) - 1;
        return sorted[Math.Max(rank, 0)];
    }

    /// <summary>The middle value, or the mean of the two in the middle.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
