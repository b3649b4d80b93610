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

    private static readonly ConditionalWeakTable<WeftHost, object> s_users = [];

    // An endpoint leads to what its requests have done; it goes with the endpoint.
    private static readonly ConditionalWeakTable<Endpoint, BlockingHabit> s_habits = [];

    private static readonly Func<Request, Task> s_next = static request => request.Next(request.Context);

    private static readonly Func<Request, Task> s_run = static request =>
    {
        Go.Current!.SetLabel(RouteLabel, request.Route);
        return Go.MayBlock(request.Habit, s_next, request);
    };

    private readonly RequestDelegate _next;
    private readonly Scheduler _scheduler;
    private readonly bool _takesAll;
    private readonly GoroutineGate? _gate;

    public GoroutineMiddleware(RequestDelegate next, WeftHost weft, WeftEndpointOptions options)
    {
        _next = next;
        _scheduler = weft.Scheduler;
        _takesAll = options.AllEndpoints;
        _gate = options.Limit is GoroutineLimit limit ? new GoroutineGate(limit) : null;
    }

    /// <summary>Notes that the application of a host has the middleware.</summary>
    internal static void NoteUse(WeftHost weft) => s_users.TryAdd(weft, weft);

    /// <summary>Whether it has.</summary>
    internal static bool IsUsedWith(WeftHost weft) => s_users.TryGetValue(weft, out _);

    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not Endpoint endpoint)
            return _next(context);
        IGoroutineMetadata? said = endpoint.Metadata.GetMetadata<IGoroutineMetadata>();
        if (!(said?.RunsAsGoroutine ?? _takesAll) || Go.Current?.Scheduler == _scheduler)
            return _next(context);
        return _gate is null && said?.Gate is null
            ? RunAsync(context, endpoint)
            : EnterAsync(context, endpoint, said?.Gate);
    }

    private Task RunAsync(HttpContext context, Endpoint endpoint) =>
        _scheduler.RunAsync(s_run, new Request(_next, context, RouteOf(endpoint), s_habits.GetOrCreateValue(endpoint))).Task;

    // The endpoint's own gate first: those that wait there keep nobody else from entering.
    private async Task EnterAsync(HttpContext context, Endpoint endpoint, GoroutineGate? own)
    {
        using RateLimitLease? first = own is null ? null : await own.TryEnterAsync(context);
        if (own is not null && first is null)
            return;
        using RateLimitLease? second = _gate is null ? null : await _gate.TryEnterAsync(context);
        if (_gate is not null && second is null)
            return;
        await RunAsync(context, endpoint);
    }

    private static string? RouteOf(Endpoint endpoint) => (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? endpoint.DisplayName;

    private readonly record struct Request(RequestDelegate Next, HttpContext Context, string? Route, BlockingHabit Habit);
}
