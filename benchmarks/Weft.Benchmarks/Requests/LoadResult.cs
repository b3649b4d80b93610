using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Requests;

/// <summary>What a load has seen.</summary>
/// <param name="Requests">Answers that came.</param>
/// <param name="Length">How long the load lasted.</param>
/// <param name="P50Ms">The median of the times from a request to its answer, in ms.</param>
/// <param name="P99Ms">Their 99th percentile.</param>
/// <param name="Errors">Connections that failed, and answers that were no success.</param>
internal sealed record LoadResult(long Requests, TimeSpan Length, double P50Ms, double P99Ms, long Errors)
{
    /// <summary>The length of the load over its answers, in us. Without an answer it is the length: at least that.</summary>
    public double UsPerRequest => Length.TotalMicroseconds / Math.Max(Requests, 1);

    /// <summary>The result of a load that noted the time of each answer, in ms.</summary>
    public static LoadResult Of(IReadOnlyCollection<double> timesMs, TimeSpan length, long errors) =>
        Of(timesMs.Count, length, Percentile.Of(timesMs, 50), Percentile.Of(timesMs, 99), errors);

    /// <summary>The result, in which requests without any answer took as long as the load: at least that.</summary>
    public static LoadResult Of(long requests, TimeSpan length, double p50Ms, double p99Ms, long errors) =>
        requests > 0
            ? new LoadResult(requests, length, p50Ms, p99Ms, errors)
            : new LoadResult(0, length, length.TotalMilliseconds, length.TotalMilliseconds, errors);
}
