using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Weft.AspNetCore.Tests.Hosting;

public sealed class WeftHealthCheckTests
{
    [Fact]
    public async Task Health_OfAHostWithThreads_IsHealthyWithItsFigures()
    {
        await using TestApp app = await StartAsync(maxThreads: 100);
        await app.Scheduler.Start(static () => 0);
        HealthReportEntry entry = await AskAsync(app);
        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.Equal(0L, entry.Data["threadsRefused"]);
        Assert.IsType<int>(entry.Data["threads"]);
        Assert.Equal("Healthy", await app.GetAsync("/health"));
    }

    [Fact]
    public async Task Health_WhileGoroutinesLackThreads_IsDegraded()
    {
        const int Goroutines = 20;
        using var release = new ManualResetEventSlim();
        await using TestApp app = await StartAsync(maxThreads: 8);
        Goroutine<bool>[] blocked =
            [.. Enumerable.Range(0, Goroutines).Select(_ => app.Scheduler.Start(() => release.Wait(TestApp.Limit)))];
        LogEntry logged = await app.LogRecorder.FirstAsync(static entry => entry is { Category: "Weft", Level: LogLevel.Warning });
        Assert.Contains("wanted a thread", logged.Message, StringComparison.Ordinal);
        Assert.Equal("Degraded", await app.GetAsync("/health"));
        HealthReportEntry entry = await AskAsync(app);
        Assert.Contains("could not have it", entry.Description, StringComparison.Ordinal);
        release.Set();
        Assert.Single(app.Log, static entry => entry is { Category: "Weft", Level: LogLevel.Warning });
        Assert.All(await Task.WhenAll(blocked.Select(static goroutine => goroutine.Task)).WaitAsync(TestApp.Limit), Assert.True);
    }

    private static Task<TestApp> StartAsync(int maxThreads) => TestApp.StartAsync(
        static app => app.MapHealthChecks("/health"),
        static builder => builder.Services.AddHealthChecks().AddWeft(),
        options => options.MaxThreads = maxThreads);

    private static async Task<HealthReportEntry> AskAsync(TestApp app) =>
        Assert.Single((await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries).Value;
}
