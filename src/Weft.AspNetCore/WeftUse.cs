using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Weft.Hosting;

namespace Weft.AspNetCore;

/// <summary>That an application of a host uses Weft, and what its middleware shares.</summary>
internal sealed class WeftUse
{
    private static readonly ConditionalWeakTable<WeftHost, WeftUse> s_uses = [];

    private WeftUse(IServiceProvider services)
    {
        Metrics = new RequestMetrics(services.GetService<IMeterFactory>());
        Placement = new Placement(services);
    }

    internal RequestMetrics Metrics { get; }

    internal Placement Placement { get; }

    /// <summary>Notes that the application of a host has the middleware.</summary>
    internal static WeftUse Of(WeftHost weft, IServiceProvider services) => s_uses.GetValue(weft, _ => new WeftUse(services));

    /// <summary>Whether it has.</summary>
    internal static bool IsOf(WeftHost weft) => s_uses.TryGetValue(weft, out _);
}
