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
    /// <returns>What it gives back when it has ended; null if it was refused, and is answered.</returns>
    /// <exception cref="OperationCanceledException">Its client has hung up.</exception>
    internal async ValueTask<RateLimitLease?> TryEnterAsync(HttpContext context)
    {
        RateLimitLease lease = _limiter.AttemptAcquire();
        if (!lease.IsAcquired)
        {
            lease.Dispose();
            lease = await WaitAsync(context.RequestAborted).ConfigureAwait(false);
        }

        if (lease.IsAcquired)
            return lease;
        lease.Dispose();
        context.Response.StatusCode = limit.StatusCode;
        context.Response.Headers.RetryAfter = _retryAfter;
        return null;
    }

    private async ValueTask<RateLimitLease> WaitAsync(CancellationToken aborted)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        ends.CancelAfter(limit.MaxWait);
        try
        {
            return await _limiter.AcquireAsync(cancellationToken: ends.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return Refused.Lease; // it has waited long enough
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
