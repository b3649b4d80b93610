using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weft.Hosting;

namespace Weft.AspNetCore;

/// <summary>What a call on a convention builder says of its endpoints.</summary>
internal sealed class GoroutineConvention(bool runsAsGoroutine, GoroutineLimit? limit = null) : IGoroutineMetadata
{
    public GoroutineGate? Gate { get; } = limit is null ? null : new GoroutineGate(limit);

    public bool RunsAsGoroutine => runsAsGoroutine;

    /// <summary>
    /// Adds it to an endpoint's metadata: behind what was said of its groups, and before attributes, which say it of less. (Of a builder
    /// for many endpoints, as <c>MapControllers</c> returns, the conventions come after the attributes.)
    /// </summary>
    /// <exception cref="InvalidOperationException">The request would never run as a goroutine.</exception>
    internal void AddTo(EndpointBuilder endpoint)
    {
        if (runsAsGoroutine)
            CheckApplication(endpoint);
        int first = 0;
        while (first < endpoint.Metadata.Count && endpoint.Metadata[first] is not (RunAsGoroutineAttribute or RunOnThreadPoolAttribute))
            first++;
        endpoint.Metadata.Insert(first, this);
    }

    private static void CheckApplication(EndpointBuilder endpoint)
    {
        IServiceProvider services = endpoint.ApplicationServices;
        if (services.GetService<ILoggerFactory>() is null)
            return; // not an application's services: there is nothing to be learned from them
        string what = $"Endpoint '{endpoint.DisplayName}' is to run as a goroutine, but ";
        if (services.GetService<WeftHost>() is not WeftHost weft)
            throw new InvalidOperationException($"{what}the host has no Weft: call builder.Services.AddWeft().");
        if (!WeftUse.IsOf(weft))
            throw new InvalidOperationException($"{what}the application does not use Weft: call app.UseWeft(), after UseRouting.");
    }
}
