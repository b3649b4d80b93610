using System.Diagnostics;

namespace Weft.AspNetCore.Tests.Hosting;

/// <summary>The guard of .NET's pool in a host whose handlers block the pool.</summary>
public sealed class GuardTests
{
    // More than the threads that .NET's pool has for a minute.
    private const int Requests = 200;

    [Fact]
    public async Task Requests_ThatBlockThePool_AreAllInsideAtOnce()
    {
        using var all = new Barrier(Requests);
        await using TestApp app = await TestApp.StartAsync(
            app =>
            {
                app.MapGet("/x", () => $"{all.SignalAndWait(TestApp.Limit)} {Where.Here()}");
                app.MapHealthChecks("/health");
            },
            static builder => builder.Services.AddHealthChecks().AddWeft(),
            static options => options.ThreadPoolGuard = new ThreadPoolGuardOptions());
        string[] met = await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => app.GetAsync("/x")));
        Assert.All(met, static answer => Assert.Equal($"True {Where.Pool}", answer));
        Assert.True(app.Services.GetRequiredService<WeftHost>().ThreadPoolGuard!.Raised > 0);
        LogEntry logged = await app.LogRecorder.FirstAsync(static entry => entry is { Category: "Weft", Level: >= LogLevel.Information });
        Assert.NotEmpty(logged.Message);
        await UntilAsync(() => !app.Services.GetRequiredService<WeftHost>().ThreadPoolGuard!.IsStarving);
        Assert.Equal("Healthy", await app.GetAsync("/health"));
    }

    /// <summary>The pool of a test's process has been used for long. Another test may be the one whose guard comes first.</summary>
    [Fact]
    public async Task ThreadTimeout_OfAPoolThatHasBeenUsed_IsLoggedAsWithoutEffect()
    {
        const string Setting = "System.Threading.ThreadPool.ThreadTimeoutMs";
        const int Tries = 10;
        LogEntry? logged = null;
        for (int i = 0; i < Tries && logged is null; i++)
        {
            AppContext.SetData(Setting, null); // as if no guard had been started
            await using TestApp app = await TestApp.StartAsync(
                static _ => { }, weft: static options => options.ThreadPoolGuard = new ThreadPoolGuardOptions());
            logged = app.Log.FirstOrDefault(
                static entry => entry is { Category: "Weft", Level: LogLevel.Warning } && entry.Message.Contains(Setting));
        }

        Assert.NotNull(logged);
    }

    /// <summary>Looks until a condition holds that no event announces.</summary>
    internal static async Task UntilAsync(Func<bool> condition)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TestApp.Limit, "Not seen within the limit.");
            await Task.Delay(2);
        }
    }
}
