using System.Runtime.CompilerServices;
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

    private static readonly Func<Request, Task> s_run = static request =>
    {
        Go.Current!.SetLabel(RouteLabel, request.Route);
        return request.Next(request.Context);
    };

    private readonly RequestDelegate _next;
    private readonly Scheduler _scheduler;
    private readonly bool _takesAll;

    public GoroutineMiddleware(RequestDelegate next, WeftHost weft, WeftEndpointOptions options)
    {
        _next = next;
        _scheduler = weft.Scheduler;
        _takesAll = options.AllEndpoints;
    }

    /// <summary>Notes that the application of a host has the middleware.</summary>
    internal static void NoteUse(WeftHost weft) => s_users.TryAdd(weft, weft);

    /// <summary>Whether it has.</summary>
    internal static bool IsUsedWith(WeftHost weft) => s_users.TryGetValue(weft, out _);

    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint() is not Endpoint endpoint || !RunsAsGoroutine(endpoint) || Go.Current?.Scheduler == _scheduler)
            return _next(context);
        return _scheduler.RunAsync(s_run, new Request(_next, context, RouteOf(endpoint))).Task;
    }

    private bool RunsAsGoroutine(Endpoint endpoint) => endpoint.Metadata.GetMetadata<IGoroutineMetadata>()?.RunsAsGoroutine ?? _takesAll;

    private static string? RouteOf(Endpoint endpoint) => (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? endpoint.DisplayName;

    private readonly record struct Request(RequestDelegate Next, HttpContext Context, string? Route);
}
