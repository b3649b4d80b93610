using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Weft.AspNetCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Says of hubs that they run as goroutines.</summary>
public static class WeftSignalRServerBuilderExtensions
{
    /// <summary>
    /// Runs the methods of hubs as goroutines, <see cref="Hub.OnConnectedAsync"/> and <see cref="Hub.OnDisconnectedAsync"/> too: they may
    /// block. <see cref="RunOnThreadPoolAttribute"/> excepts a method or a hub.
    /// </summary>
    /// <param name="builder">What the host's <c>AddSignalR</c> returned.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    /// <remarks>
    /// A method that returns a stream runs as a goroutine until it returns; what makes the stream's items runs on .NET's pool. The host
    /// needs <c>AddWeft</c>, too; <c>UseWeft</c> has no part in it. Not for several threads at once.
    /// </remarks>
    /// <example>
    /// <code>
    /// builder.Services.AddWeft();
    /// builder.Services.AddSignalR().RunAsGoroutines();
    /// </code>
    /// </example>
    public static ISignalRServerBuilder RunAsGoroutines(this ISignalRServerBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton<GoroutineHubFilter>();
        builder.Services.Configure<HubOptions>(static options => options.AddFilter<GoroutineHubFilter>());
        return builder;
    }
}
