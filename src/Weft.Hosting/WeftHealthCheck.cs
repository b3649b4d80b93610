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
        return Task.FromResult(weft.Shortage.Recent is ThreadShortageEventArgs shortage
            ? new HealthCheckResult(context.Registration.FailureStatus, Describe(shortage), data: data)
            : HealthCheckResult.Healthy(data: data));
    }

    private static string Describe(ThreadShortageEventArgs shortage) =>
        $"A goroutine wanted a thread beyond the {shortage.Threads} of its scheduler and could not have it ({shortage.Cause}).";
}
