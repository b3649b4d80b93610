using System.Diagnostics.Metrics;

namespace Weft.AspNetCore;

/// <summary>
/// What a host tells listeners of requests that run as goroutines. The meter is the host's, and goes with it. Without a listener, a request
/// costs a look at a field.
/// </summary>
internal sealed class RequestMetrics
{
    internal const string QueueFull = "queue_full";
    internal const string TimedOut = "timeout";
    internal const string Aborted = "aborted";

    private const string MeterName = "Weft";
    private const string RouteTag = "http.route";
    private const string LimitTag = "weft.limit";

    private readonly UpDownCounter<long> _inside;
    private readonly UpDownCounter<long> _queued;
    private readonly Counter<long> _rejected;
    private readonly Histogram<double> _timeInQueue;

    internal RequestMetrics(IMeterFactory? factory)
    {
#pragma warning disable CA2000 // The factory disposes its meters with the host; a host without one keeps this as long as itself.
        Meter meter = factory?.Create(new MeterOptions(MeterName)) ?? new Meter(MeterName);
#pragma warning restore CA2000
        _inside = meter.CreateUpDownCounter<long>("weft.http.request.active", "{request}", "Requests that run as goroutines.");
        _queued = meter.CreateUpDownCounter<long>("weft.http.request.queued", "{request}", "Requests that wait at a limit.");
        _rejected = meter.CreateCounter<long>("weft.http.request.rejected", "{request}", "Requests that a limit did not let in.");
        _timeInQueue = meter.CreateHistogram<double>(
            "weft.http.request.time_in_queue", "s", "How long a request waited at a limit, let in or not.");
    }

    /// <summary>Whether anybody wants to know how many requests are inside.</summary>
    internal bool CountsInside => _inside.Enabled;

    /// <summary>Counts a request as inside until it has ended.</summary>
    internal async Task CountInsideAsync(Func<Task> run, string? route)
    {
        var tag = new KeyValuePair<string, object?>(RouteTag, route);
        _inside.Add(1, tag);
        try
        {
            await run().ConfigureAwait(false);
        }
        finally
        {
            _inside.Add(-1, tag);
        }
    }

    /// <summary>A request begins to wait at a limit. A listener that comes meanwhile is told of neither its begin nor its end.</summary>
    internal bool TryCountQueued(string limit, string? route)
    {
        if (!_queued.Enabled)
            return false;
        _queued.Add(1, Route(route), Limit(limit));
        return true;
    }

    /// <summary>It waits no longer.</summary>
    internal void CountUnqueued(string limit, string? route, bool wasCounted, TimeSpan waited)
    {
        if (wasCounted)
            _queued.Add(-1, Route(route), Limit(limit));
        _timeInQueue.Record(waited.TotalSeconds, Route(route), Limit(limit));
    }

    internal void CountRejected(string limit, string? route, string reason) =>
        _rejected.Add(1, Route(route), Limit(limit), new KeyValuePair<string, object?>("weft.reject.reason", reason));

    private static KeyValuePair<string, object?> Route(string? route) => new(RouteTag, route);

    private static KeyValuePair<string, object?> Limit(string limit) => new(LimitTag, limit);
}
