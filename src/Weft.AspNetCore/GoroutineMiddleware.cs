using System.Runtime.CompilerServices;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weft.Hosting;

namespace Weft.AspNetCore;

/// <summary>
/// Runs the rest of the pipeline in a goroutine, for requests whose endpoint says so. Its task is the middleware's: what leaves the
/// pipeline, at once or after an await, reaches the middleware before.
/// </summary>
internal sealed class GoroutineMiddleware
{
    /// <summary>The label that a request's goroutine has: the pattern of its route.</summary>
    internal const string RouteLabel = "route";

    private const string OwnLimit = "endpoint";
    private const string CommonLimit = "application";

    // It goes with the endpoint.
    private static readonly ConditionalWeakTable<Endpoint, Kind> s_kinds = [];

    private static readonly Func<Request, Task> s_next = static request => request.Next(request.Context);

    private static readonly Func<Request, Task> s_run = static request =>
    {
        Go.Current!.SetLabel(RouteLabel, request.Kind.Route);
        return Go.MayBlock(request.Kind.Habit, s_next, request);
    };

    private readonly RequestDelegate _next;
    private readonly Scheduler _scheduler;
    private readonly WeftUse _use;
    private readonly bool _takesAll;
    private readonly GoroutineGate? _gate;

    public GoroutineMiddleware(RequestDelegate next, WeftHost weft, WeftUse use, WeftEndpointOptions options)
    {
        _use = use;
        _next = next;
        _scheduler = weft.Scheduler;
        _takesAll = options.AllEndpoints;
        _gate = options.Limit is GoroutineLimit limit ? new GoroutineGate(limit) : null;
    }

    /// <summary>Whether requests of an endpoint are to run as goroutines.</summary>
    internal static bool IsMarked(Endpoint endpoint, bool byDefault) =>
        endpoint.Metadata.GetMetadata<IGoroutineMetadata>()?.RunsAsGoroutine ?? byDefault;

    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not Endpoint endpoint)
        {
            return _use.Placement.IsUnknown
                ? _use.Placement.WatchAsync(context, _next, one => IsMarked(one, _takesAll))
                : _next(context);
        }

        _use.Placement.NoteEndpoint();
        IGoroutineMetadata? said = endpoint.Metadata.GetMetadata<IGoroutineMetadata>();
        if (!(said?.RunsAsGoroutine ?? _takesAll) || Go.Current?.Scheduler == _scheduler)
            return _next(context);
        Kind kind = s_kinds.GetValue(endpoint, static endpoint => new Kind(endpoint));
        return _gate is null && said?.Gate is null
            ? RunAsync(context, kind)
            : EnterAsync(context, kind, said?.Gate);
    }

    private Task RunAsync(HttpContext context, Kind kind) =>
        _use.Metrics.CountsInside ? RunCountedAsync(context, kind) : StartAsync(context, kind);

    // A method of its own: the closure would be allocated by every request.
    private Task RunCountedAsync(HttpContext context, Kind kind) =>
        _use.Metrics.CountInsideAsync(() => StartAsync(context, kind), kind.Route);

    private Task StartAsync(HttpContext context, Kind kind) => _scheduler.RunAsync(s_run, new Request(_next, context, kind)).Task;

    // The endpoint's own gate first: those that wait there keep nobody else from entering.
    private async Task EnterAsync(HttpContext context, Kind kind, GoroutineGate? own)
    {
        using RateLimitLease? first = own is null ? null : await own.TryEnterAsync(context, _use.Metrics, OwnLimit, kind.Route);
        if (own is not null && first is null)
            return;
        using RateLimitLease? second = _gate is null ? null : await _gate.TryEnterAsync(context, _use.Metrics, CommonLimit, kind.Route);
        if (_gate is not null && second is null)
            return;
        await RunAsync(context, kind);
    }

    private readonly record struct Request(RequestDelegate Next, HttpContext Context, Kind Kind);

    /// <summary>What the requests of an endpoint have in common.</summary>
    private sealed class Kind(Endpoint endpoint)
    {
        public string? Route { get; } = (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? endpoint.DisplayName;

        public BlockingHabit Habit { get; } = new();
    }
}
