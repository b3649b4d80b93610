using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Weft.Hosting;

/// <summary>
/// What a host has of Weft: a scheduler that lives as long as the host, and the guard of .NET's pool. A singleton of the host's services,
/// which dispose it.
/// </summary>
/// <remarks>
/// All members may be used from any thread. Code that runs on a goroutine needs it for nothing: <see cref="Go"/> uses the scheduler of the
/// calling goroutine.
/// </remarks>
/// <example>
/// <code>
/// app.MapGet("/goroutines", (WeftHost weft) => weft.Scheduler.GetGoroutines().Select(goroutine => goroutine.ToString()));
/// </code>
/// </example>
public sealed class WeftHost : IDisposable, IAsyncDisposable
{
    private readonly WeftLog _log;
    private readonly PoolGuard _guard;

    internal WeftHost(WeftOptions options, ILogger logger)
    {
        _log = new WeftLog(logger);
        try
        {
            Scheduler = new Scheduler(options.ToSchedulerOptions());
            _guard = new PoolGuard(options.ThreadPoolGuard, _log);
        }
        catch (ArgumentException e)
        {
            throw new OptionsValidationException(
                nameof(WeftOptions),
                typeof(WeftOptions),
                [$"{e.Message} Set it where AddWeft is called, or in the configuration that {nameof(WeftOptions)} are bound to."]);
        }

        Shortage = new ShortageMemory(Scheduler);
        _log.Attach(Scheduler, options.UnhandledExceptions);
    }

    /// <summary>Runs the goroutines of the host: marked endpoints, hub methods, background services, and what those start.</summary>
    public Scheduler Scheduler { get; }

    /// <summary>What the guard of .NET's pool has done; null if the host has none (<see cref="WeftOptions.ThreadPoolGuard"/>).</summary>
    public ThreadPoolGuardStatistics? ThreadPoolGuard => _guard.Statistics;

    internal ShortageMemory Shortage { get; }

    /// <summary>
    /// Disposes the scheduler and the guard. Goroutines that block longer than the time of the options are logged, and left alone.
    /// </summary>
    void IDisposable.Dispose()
    {
        try
        {
            Scheduler.Dispose();
        }
        catch (DisposeTimeoutException e)
        {
            _log.GoroutinesLeft(e);
        }
        finally
        {
            _guard.Dispose();
        }
    }

    /// <inheritdoc cref="IDisposable.Dispose"/>
    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        try
        {
            await Scheduler.DisposeAsync().ConfigureAwait(false);
        }
        catch (DisposeTimeoutException e)
        {
            _log.GoroutinesLeft(e);
        }
        finally
        {
            _guard.Dispose();
        }
    }
}
