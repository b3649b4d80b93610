using Microsoft.Extensions.Hosting;

namespace Weft.Hosting;

/// <summary>
/// A background service that runs as a goroutine: it may block, without a thread of .NET's pool, and so may what it starts with
/// <see cref="Go"/>. An exception that leaves it ends the host, or does not, as
/// <c>HostOptions.BackgroundServiceExceptionBehavior</c> says.
/// </summary>
/// <remarks>The goroutine has the name of the service's type. Members may be used from any thread.</remarks>
/// <example>
/// <code>
/// public sealed class Cleaner(WeftHost weft) : GoroutineBackgroundService(weft)
/// {
///     protected override async Task RunAsync(CancellationToken stoppingToken)
///     {
///         while (true)
///         {
///             await Go.SleepAsync(TimeSpan.FromMinutes(1), stoppingToken);
///             foreach (string file in Directory.GetFiles("/tmp/uploads"))
///                 File.Delete(file); // may block
///         }
///     }
/// }
/// </code>
/// </example>
public abstract class GoroutineBackgroundService : BackgroundService
{
    private readonly WeftHost _weft;

    /// <summary>Makes a service that runs on the host's scheduler.</summary>
    /// <param name="weft">The host's, which <c>AddWeft</c> provides.</param>
    /// <exception cref="ArgumentNullException"><paramref name="weft"/> is null.</exception>
    protected GoroutineBackgroundService(WeftHost weft)
    {
        ArgumentNullException.ThrowIfNull(weft);
        _weft = weft;
    }

    /// <summary>Runs the service, on a goroutine. Called once, as the host starts.</summary>
    /// <param name="stoppingToken">Cancelled when the host stops.</param>
    /// <returns>Ends with the service. The host waits for it when it stops, up to <c>HostOptions.ShutdownTimeout</c>.</returns>
    protected abstract Task RunAsync(CancellationToken stoppingToken);

    /// <summary>Starts the goroutine.</summary>
    /// <inheritdoc/>
    protected sealed override Task ExecuteAsync(CancellationToken stoppingToken) =>
        _weft.Scheduler.RunAsync(
            static start =>
            {
                Go.Current!.Name = start.Service.GetType().Name;
                return start.Service.RunAsync(start.StoppingToken);
            },
            (Service: this, StoppingToken: stoppingToken)).Task;
}
