namespace Weft.AspNetCore.Tests;

/// <summary>A middleware that no request with an endpoint reaches, and marks that nobody reads: both are logged, with the remedy.</summary>
public sealed class PlacementTests
{
    [Fact]
    public async Task UseWeft_BeforeUseRouting_IsLoggedWithTheFirstRequestOnce()
    {
        await using TestApp app = await TestApp.StartAsync(static app =>
        {
            app.UseWeft();
            app.UseRouting();
            app.MapGet("/x", static () => Where.Here()).RunAsGoroutine();
            app.MapGet("/y", static () => Where.Here());
        });
        Assert.Equal(Where.Pool, await app.GetAsync("/y"));
        Assert.Empty(Warnings(app));
        Assert.Equal(Where.Pool, await app.GetAsync("/x"));
        Assert.Equal(Where.Pool, await app.GetAsync("/x"));
        LogEntry logged = await app.LogRecorder.FirstAsync(IsWarning);
        Assert.Contains("Call app.UseWeft() after app.UseRouting().", logged.Message, StringComparison.Ordinal);
        Assert.Single(Warnings(app));
    }

    [Fact]
    public async Task UseWeft_AfterUseEndpoints_IsLoggedWhenTheApplicationHasStarted()
    {
        await using TestApp app = await TestApp.StartAsync(static app =>
        {
            app.UseRouting();
#pragma warning disable ASP0014 // What is tested.
            app.UseEndpoints(static endpoints => endpoints.MapGet("/x", [RunAsGoroutine] static () => Where.Here()));
#pragma warning restore ASP0014
            app.UseWeft();
        });
        LogEntry logged = await app.LogRecorder.FirstAsync(IsWarning);
        Assert.Contains("before app.UseEndpoints()", logged.Message, StringComparison.Ordinal);
        Assert.Equal(Where.Pool, await app.GetAsync("/x"));
        Assert.Single(Warnings(app));
    }

    [Fact]
    public async Task UseWeft_WhereItBelongs_IsNotComplainedOf()
    {
        await using TestApp app = await TestApp.StartAsync(static app =>
        {
            app.UseRouting();
            app.UseWeft();
#pragma warning disable ASP0014 // What is tested.
            app.UseEndpoints(static endpoints => endpoints.MapGet("/x", [RunAsGoroutine] static () => Where.Here()));
#pragma warning restore ASP0014
        });
        using HttpResponseMessage nothing = await app.Http1.GetAsync("/nowhere").WaitAsync(TestApp.Limit);
        Assert.Equal(Where.Goroutine("/x"), await app.GetAsync("/x"));
        Assert.Empty(Warnings(app));
    }

    [Theory]
    [InlineData(true, "Call app.UseWeft(), after UseRouting.")]
    [InlineData(false, "Call builder.Services.AddWeft(), and app.UseWeft(), after UseRouting.")]
    public async Task Attribute_InAnApplicationWithoutUseWeft_IsLoggedOnce(bool hasWeft, string remedy)
    {
        (WebApplication app, LogRecorder log) = TestApp.Build(addWeft: hasWeft);
        await using WebApplication _ = app;
        app.MapGet("/x", [RunAsGoroutine] static () => Where.Here());
        await app.StartAsync().WaitAsync(TestApp.Limit);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = TestApp.Limit };
        Assert.Equal(Where.Pool, await client.GetStringAsync("/x"));
        Assert.Equal(Where.Pool, await client.GetStringAsync("/x"));
        LogEntry logged = await log.FirstAsync(IsWarning);
        Assert.Contains(remedy, logged.Message, StringComparison.Ordinal);
        Assert.Single(log.Entries, IsWarning);
    }

    private static IEnumerable<LogEntry> Warnings(TestApp app) => app.Log.Where(IsWarning);

    private static bool IsWarning(LogEntry entry) => entry is { Category: "Weft", Level: LogLevel.Warning };
}
