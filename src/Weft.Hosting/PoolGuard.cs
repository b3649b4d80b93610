using Microsoft.Extensions.Logging;
using Weft.Threads;

namespace Weft.Hosting;

/// <summary>Keeps .NET's pool from starving as long as the host is there. Without a thread for it the host does without.</summary>
internal sealed class PoolGuard : IDisposable
{
    private readonly ThreadPoolGuard? _guard;

    internal PoolGuard(ThreadPoolGuardOptions? options, WeftLog log)
    {
        if (options is null)
            return;
        try
        {
            _guard = ThreadPoolGuard.Start(options);
        }
        catch (Exception e) when (e is OSThreadStartException or PlatformNotSupportedException)
        {
            log.NoGuard(e);
            return;
        }

        if (_guard.Statistics.IsThreadTimeoutIgnored)
            log.ThreadTimeoutIgnored();
        _guard.Changed += (_, change) =>
        {
            if (change.Action != ThreadPoolGuardAction.ThreadTimeoutIgnored) // logged at once
                log.PoolChanged(LevelOf(change), change);
        };
    }

    /// <summary>What it has done; null if there is none.</summary>
    internal ThreadPoolGuardStatistics? Statistics => _guard?.Statistics;

    public void Dispose() => _guard?.Dispose();

    // What it does is of interest once, when the service is found to starve; what it cannot help, each time.
    private static LogLevel LevelOf(ThreadPoolGuardEventArgs change) => change.Action switch
    {
        ThreadPoolGuardAction.Raised => change.IsFirstStarvation ? LogLevel.Warning : LogLevel.Information,
        ThreadPoolGuardAction.Lowered => LogLevel.Debug,
        _ => LogLevel.Warning,
    };
}
