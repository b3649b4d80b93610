using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Weft.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Weft to the services of a host.</summary>
public static class WeftServiceCollectionExtensions
{
    /// <summary>
    /// Guards .NET's pool, which does not starve from then on, and gives the host a scheduler for goroutines (<see cref="WeftHost"/>). Both
    /// are made as the host starts and disposed with it; their events go to the host's log, category <c>Weft</c>. May be called several
    /// times; the options are set one after the other.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Sets options; null for the defaults.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <remarks>
    /// An option that is out of range keeps the host from starting, with an <see cref="OptionsValidationException"/> that names it. Not for
    /// several threads at once.
    /// </remarks>
    /// <example>
    /// <code>
    /// builder.Services.AddWeft();
    /// </code>
    /// </example>
    public static IServiceCollection AddWeft(this IServiceCollection services, Action<WeftOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        OptionsBuilder<WeftOptions> options = services.AddOptions<WeftOptions>();
        if (configure is not null)
            options.Configure(configure);
        services.TryAddSingleton(static provider => new WeftHost(
            provider.GetRequiredService<IOptions<WeftOptions>>().Value,
            (provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance).CreateLogger(WeftLog.Category)));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, WeftStarter>());
        return services;
    }
}
