using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Weft.AspNetCore;
using Weft.Hosting;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds goroutines to the pipeline of an application.</summary>
public static class WeftApplicationBuilderExtensions
{
    /// <summary>
    /// Runs requests as goroutines from here on down the pipeline, if their endpoint says so: middleware that is added later, the
    /// handler, and the binding of its arguments. They may block, without a thread of .NET's pool.
    /// </summary>
    /// <param name="app">The application, after routing: a <c>WebApplication</c> has routed already, others call
    /// <see cref="EndpointRoutingApplicationBuilderExtensions.UseRouting"/> before.</param>
    /// <param name="configure">Sets options; null for the defaults.</param>
    /// <returns><paramref name="app"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="app"/> is null.</exception>
    /// <exception cref="InvalidOperationException">The host's services have no Weft.</exception>
    /// <remarks>
    /// <para>
    /// An exception goes up the pipeline as without Weft: an exception handler that is added before sees it. A request has no goroutine
    /// before routing, and so none if no endpoint is found.
    /// </para>
    /// <para>
    /// Where it stands before an explicit <c>UseRouting</c>, or after <c>UseEndpoints</c>, no request runs as a goroutine, and a warning is
    /// logged.
    /// </para>
    /// <para>Not for several threads at once.</para>
    /// </remarks>
    /// <example>
    /// <code>
    /// builder.Services.AddWeft();
    /// var app = builder.Build();
    /// app.UseWeft();
    /// app.MapGet("/report", () => File.ReadAllText("/etc/hostname")).RunAsGoroutine();
    /// </code>
    /// </example>
    public static IApplicationBuilder UseWeft(this IApplicationBuilder app, Action<WeftEndpointOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(app);
        WeftHost weft = app.ApplicationServices.GetService<WeftHost>()
            ?? throw new InvalidOperationException("UseWeft needs the host's services to have Weft: call builder.Services.AddWeft().");
        var options = new WeftEndpointOptions();
        configure?.Invoke(options);
        var use = WeftUse.Of(weft, app.ApplicationServices);
        use.Placement.CheckWhenStarted(endpoint => GoroutineMiddleware.IsMarked(endpoint, options.AllEndpoints));
        return app.Use(next => new GoroutineMiddleware(next, weft, use, options).InvokeAsync);
    }
}
