using Microsoft.AspNetCore.Builder;

namespace Weft.AspNetCore;

/// <summary>Which requests <see cref="WeftApplicationBuilderExtensions.UseWeft"/> runs as goroutines.</summary>
/// <remarks>Read once, as the application's pipeline is built. Not for several threads at once.</remarks>
/// <example>
/// <code>
/// app.UseWeft(options => options.AllEndpoints = true);
/// </code>
/// </example>
public sealed class WeftEndpointOptions
{
    /// <summary>
    /// Whether requests of endpoints that say nothing run as goroutines. <c>RunOnThreadPool</c> excepts an endpoint. Default: false, only
    /// those of endpoints that say so.
    /// </summary>
    public bool AllEndpoints { get; set; }

    /// <summary>
    /// Limits the requests that run as goroutines, all together; endpoints may have limits of their own besides. Default: null, none.
    /// </summary>
    public GoroutineLimit? Limit { get; set; }
}
