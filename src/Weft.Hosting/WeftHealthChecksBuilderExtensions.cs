using Microsoft.Extensions.Diagnostics.HealthChecks;
using Weft.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Weft's health check.</summary>
public static class WeftHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check that fails while the host starves: work waits in .NET's pool because its threads block, or a goroutine wanted a thread
    /// within the last 30 s and could not have it. Its data are what the scheduler and the pool have at the moment.
    /// </summary>
    /// <param name="builder">What the host's <c>AddHealthChecks</c> returned.</param>
    /// <param name="name">Names the check.</param>
    /// <param name="failureStatus">What it reports then.</param>
    /// <param name="tags">To choose checks by.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="name"/> is null.</exception>
    /// <remarks>
    /// Not for several threads at once. The host needs
    /// <see cref="WeftServiceCollectionExtensions.AddWeft(IServiceCollection, Action{WeftOptions})"/>, too.
    /// </remarks>
    /// <example>
    /// <code>
    /// builder.Services.AddWeft();
    /// builder.Services.AddHealthChecks().AddWeft();
    /// </code>
    /// </example>
    public static IHealthChecksBuilder AddWeft(
        this IHealthChecksBuilder builder,
        string name = "weft",
        HealthStatus failureStatus = HealthStatus.Degraded,
        IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        return builder.Add(new HealthCheckRegistration(
            name,
            static provider => new WeftHealthCheck(provider.GetRequiredService<WeftHost>()),
            failureStatus,
            tags));
    }
}
