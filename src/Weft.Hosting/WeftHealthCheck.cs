using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Weft.Hosting;

/// <summary>Tells whether the host starves.</summary>
internal sealed class WeftHealthCheck(WeftHost weft) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        SchedulerStatistics now = weft.Scheduler.Statistics;
        var data = new Dictionary<string, object>
        {
            ["goroutines"] = now.GoroutinesAlive,
            ["blocked"] = now.GoroutinesBlocked,
            ["runnable"] = now.GoroutinesRunnable,
            ["threads"] = now.Threads,
            ["threadsRefused"] = now.ThreadsRefused,
        };
        ThreadPoolGuardStatistics? pool = weft.ThreadPoolGuard;
        if (pool is not null)
        {
            data["poolMinimum"] = pool.Minimum;
            data["poolStarvations"] = pool.Starvations;
        }

        string? starves = Describe(pool) ?? Describe(weft.Shortage.Recent);
        return Task.FromResult(starves is null
            ? HealthCheckResult.Healthy(data: data)
            : new HealthCheckResult(context.Registration.FailureStatus, starves, data: data));
    }

    private static string? Describe(ThreadPoolGuardStatistics? pool) => pool is { IsStarving: true }
        ? $"Work waits in .NET's pool because its threads block; its minimum is {pool.Minimum} threads now."
        : null;

    private static string? Describe(ThreadShortageEventArgs? shortage) => shortage is null
        ? null
        : $"A goroutine wanted a thread beyond the {shortage.Threads} of its scheduler and could not have it ({shortage.Cause}).";
}
