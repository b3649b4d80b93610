using Weft.AspNetCore;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Says of endpoints whether they run as goroutines.</summary>
public static class WeftEndpointConventionBuilderExtensions
{
    private static readonly GoroutineConvention s_goroutine = new(runsAsGoroutine: true);
    private static readonly GoroutineConvention s_threadPool = new(runsAsGoroutine: false);

    /// <summary>
    /// Requests of these endpoints run as goroutines: their handlers may block. What is said of an endpoint counts more than what is said
    /// of its group, and an attribute of its handler more than both.
    /// </summary>
    /// <param name="builder">An endpoint, a group, or what else maps endpoints.</param>
    /// <typeparam name="TBuilder">Its type.</typeparam>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    /// <remarks>
    /// Without <see cref="WeftApplicationBuilderExtensions.UseWeft"/> the endpoint is refused with an
    /// <see cref="InvalidOperationException"/> as the application builds its endpoints. Not for several threads at once.
    /// </remarks>
    /// <example>
    /// <code>
    /// app.MapGet("/report", () => File.ReadAllText("/etc/hostname")).RunAsGoroutine();
    /// </code>
    /// </example>
    public static TBuilder RunAsGoroutine<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Add(s_goroutine.AddTo);
        return builder;
    }

    /// <summary>The same with a limit for all requests of these endpoints together.</summary>
    /// <param name="builder">An endpoint, a group, or what else maps endpoints.</param>
    /// <param name="limit">How many may be inside, and what becomes of the others.</param>
    /// <typeparam name="TBuilder">Its type.</typeparam>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="limit"/> is null.</exception>
    /// <inheritdoc cref="RunAsGoroutine{TBuilder}(TBuilder)" path="/remarks"/>
    /// <example>
    /// <code>
    /// app.MapGet("/report", () => File.ReadAllText("/etc/hostname")).RunAsGoroutine(new GoroutineLimit(20));
    /// </code>
    /// </example>
    public static TBuilder RunAsGoroutine<TBuilder>(this TBuilder builder, GoroutineLimit limit)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(limit);
        builder.Add(new GoroutineConvention(runsAsGoroutine: true, limit).AddTo);
        return builder;
    }

    /// <summary>Requests of these endpoints run on .NET's pool, although their group, or all endpoints, run as goroutines.</summary>
    /// <inheritdoc cref="RunAsGoroutine{TBuilder}(TBuilder)"/>
    /// <remarks>Not for several threads at once.</remarks>
    /// <example>
    /// <code>
    /// RouteGroupBuilder reports = app.MapGroup("/reports").RunAsGoroutine();
    /// reports.MapGet("/ping", () => "pong").RunOnThreadPool();
    /// </code>
    /// </example>
    public static TBuilder RunOnThreadPool<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Add(s_threadPool.AddTo);
        return builder;
    }
}
