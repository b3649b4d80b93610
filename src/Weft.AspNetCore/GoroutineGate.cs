using System.Diagnostics;
using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;

namespace Weft.AspNetCore;

/// <summary>Lets requests in, as a limit says; the first to come waits the shortest.</summary>
#pragma warning disable CA1001 // The limiter holds nothing but the requests that wait, which end with the host.
internal sealed class GoroutineGate(GoroutineLimit limit)
#pragma warning restore CA1001
{
    private readonly ConcurrencyLimiter _limiter = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = limit.MaxInside,
        QueueLimit = limit.MaxQueued,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    private readonly string _retryAfter = Math.Ceiling(limit.RetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    /// <summary>Lets a request in, at once or when others have ended.</summary>
    /// <param name="context">The request's.</param>
    /// <param name="metrics">Are told of requests that wait and of those that are refused.</param>
    /// <param name="kind">For these: whose limit it is.</param>
    /// <param name="route">For these: the request's.</param>
    /// <returns>What it gives back when it has ended; null if it was refused, and is answered.</returns>
    /// <exception cref="OperationCanceledException">Its client has hung up.</exception>
    internal async ValueTask<RateLimitLease?> TryEnterAsync(HttpContext context, RequestMetrics metrics, string kind, string? route)
    {
        RateLimitLease lease = _limiter.AttemptAcquire();
        if (!lease.IsAcquired)
        {
            lease.Dispose();
            lease = await QueueAsync(metrics, kind, route, context.RequestAborted).ConfigureAwait(false);
        }

        if (lease.IsAcquired)
            return lease;
        metrics.CountRejected(kind, route, lease == Refused.Lease ? RequestMetrics.TimedOut : RequestMetrics.QueueFull);
        lease.Dispose();
        context.Response.StatusCode = limit.StatusCode;
        context.Response.Headers.RetryAfter = _retryAfter;
        return null;
    }

    private async ValueTask<RateLimitLease> QueueAsync(RequestMetrics metrics, string kind, string? route, CancellationToken aborted)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        ValueTask<RateLimitLease> waiting = _limiter.AcquireAsync(cancellationToken: ends.Token);
        if (waiting.IsCompletedSuccessfully)
            return waiting.Result; // somebody has just left, or the queue is full
        long started = Stopwatch.GetTimestamp();
        bool isCounted = metrics.TryCountQueued(kind, route);
        ends.CancelAfter(limit.MaxWait);
        try
        {
            return await waiting.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return Refused.Lease; // it has waited long enough
        }
        catch (OperationCanceledException)
        {
            metrics.CountRejected(kind, route, RequestMetrics.Aborted);
            throw;
        }
        finally
        {
            metrics.CountUnqueued(kind, route, isCounted, Stopwatch.GetElapsedTime(started));
        }
    }

    private sealed class Refused : RateLimitLease
    {
        internal static readonly Refused Lease = new();

        public override bool IsAcquired => false;

        public override IEnumerable<string> MetadataNames => [];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = null;
            return false;
        }
    }
}
