using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Weft.AspNetCore;

/// <summary>
/// Whether the middleware stands between routing and the endpoints. Elsewhere it never sees an endpoint, and nothing runs as a goroutine:
/// that is logged, once.
/// </summary>
/// <remarks>
/// Before routing: a request arrives without an endpoint, and has one when it comes back. Only looked for until the first request that has
/// one, so afterwards a request pays for nothing. After the endpoints: no request with an endpoint ever arrives, so the mapping is looked
/// at when the application has started. What <c>UseEndpoints</c> has mapped before <c>UseWeft</c> never gets there.
/// </remarks>
internal sealed partial class Placement(IServiceProvider services)
{
    private readonly ILogger _logger = LoggerOf(services);

    private bool _seesEndpoints;

    // 1 when it was logged.
    private int _isTold;

    /// <summary>The logger of Weft's messages.</summary>
    internal static ILogger LoggerOf(IServiceProvider services) => services.GetRequiredService<ILoggerFactory>().CreateLogger("Weft");

    /// <summary>Whether a request without an endpoint has to be watched.</summary>
    internal bool IsUnknown => !_seesEndpoints && Volatile.Read(ref _isTold) == 0;

    /// <summary>A request has an endpoint where it arrives.</summary>
    internal void NoteEndpoint()
    {
        if (!_seesEndpoints)
            _seesEndpoints = true;
    }

    /// <summary>Runs a request that has no endpoint, and looks whether it has got one.</summary>
    internal async Task WatchAsync(HttpContext context, RequestDelegate next, Func<Endpoint, bool> runsAsGoroutine)
    {
        await next(context).ConfigureAwait(false);
        if (!_seesEndpoints && context.GetEndpoint() is Endpoint endpoint && runsAsGoroutine(endpoint) && IsToTell())
            StandsBeforeRouting(endpoint.DisplayName);
    }

    /// <summary>Has the mapping looked at when the application has started.</summary>
    internal void CheckWhenStarted(Func<Endpoint, bool> runsAsGoroutine)
    {
        if (services.GetService<EndpointDataSource>() is not CompositeEndpointDataSource all || !all.DataSources.Any())
            return;
        EndpointDataSource[] before = [.. all.DataSources];
        services.GetService<IHostApplicationLifetime>()?.ApplicationStarted.Register(() => Check(all, before, runsAsGoroutine));
    }

    private void Check(CompositeEndpointDataSource all, EndpointDataSource[] before, Func<Endpoint, bool> runsAsGoroutine)
    {
        Endpoint[] unreached;
        int marked;
        try
        {
            unreached = [.. before.SelectMany(static source => source.Endpoints).Where(runsAsGoroutine)];
            marked = all.Endpoints.Count(runsAsGoroutine);
        }
        catch (InvalidOperationException)
        {
            return; // endpoints that cannot be made: each request is told why
        }

        if (unreached.Length > 0 && unreached.Length == marked && IsToTell())
            StandsAfterEndpoints(unreached[0].DisplayName);
    }

    private bool IsToTell() => Interlocked.Exchange(ref _isTold, 1) == 0;

    [LoggerMessage(20, LogLevel.Warning,
        "UseWeft stands before UseRouting, so requests have no endpoint yet when they get there, and none runs as a goroutine; the first "
        + "was one of '{Endpoint}'. Call app.UseWeft() after app.UseRouting().")]
    private partial void StandsBeforeRouting(string? endpoint);

    [LoggerMessage(21, LogLevel.Warning,
        "UseWeft stands after UseEndpoints, so requests of endpoints never get there, and none runs as a goroutine, such as those of "
        + "'{Endpoint}'. Call app.UseWeft() before app.UseEndpoints(), and after app.UseRouting().")]
    private partial void StandsAfterEndpoints(string? endpoint);
}
