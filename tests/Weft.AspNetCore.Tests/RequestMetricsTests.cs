using System.Diagnostics.Metrics;
using System.Net;
using Weft.Tests.Support;

namespace Weft.AspNetCore.Tests;

/// <summary>What listeners are told of requests that run as goroutines. Each test has a route that no other has.</summary>
public sealed class RequestMetricsTests
{
    [Fact]
    public async Task Active_CountsTheRequestsThatRunAsGoroutines()
    {
        using var reader = new MetricsReader();
        using var inside = new SemaphoreSlim(0);
        using var release = new ManualResetEventSlim();
        await using TestApp app = await TestApp.StartAsync(app =>
        {
            app.UseWeft();
            app.MapGet("/active/{id}", () =>
            {
                inside.Release();
                return release.Wait(TestApp.Limit);
            }).RunAsGoroutine();
            app.MapGet("/active-on-the-pool", static () => "");
            app.MapGet("/active-and-fails", void () => throw new FormatException()).RunAsGoroutine();
        });
        Task<string>[] asking = [.. Enumerable.Range(0, 3).Select(id => app.GetAsync($"/active/{id}"))];
        for (int i = 0; i < asking.Length; i++)
            Assert.True(await inside.WaitAsync(TestApp.Limit));
        await app.GetAsync("/active-on-the-pool");
        Assert.Equal(3, Sum(reader, "weft.http.request.active", "/active/{id}"));
        release.Set();
        await Task.WhenAll(asking);
        using HttpResponseMessage failed = await app.Http1.GetAsync("/active-and-fails").WaitAsync(TestApp.Limit);
        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        await UntilAsync(() => Sum(reader, "weft.http.request.active", "/active/{id}") == 0);
        await UntilAsync(() => Sum(reader, "weft.http.request.active", "/active-and-fails") == 0);
        Assert.Contains(reader.Values, static one => one["http.route"] == "/active-and-fails");
        Assert.DoesNotContain(reader.Values, static one => one["http.route"] == "/active-on-the-pool");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task QueuedAndRejected_AtALimit_AreToldWithTheReason(bool isOfAll)
    {
        string route = isOfAll ? "/limit-of-all" : "/limit-of-one";
        using var reader = new MetricsReader();
        using var inside = new SemaphoreSlim(0);
        using var release = new ManualResetEventSlim();
        var limit = new GoroutineLimit(1) { MaxQueued = 1, MaxWait = TimeSpan.FromHours(1) };
        await using TestApp app = await TestApp.StartAsync(app =>
        {
            app.UseWeft(options => options.Limit = isOfAll ? limit : null);
            RouteHandlerBuilder endpoint = app.MapGet(route, () =>
            {
                inside.Release();
                return release.Wait(TestApp.Limit);
            });
            _ = isOfAll ? endpoint.RunAsGoroutine() : endpoint.RunAsGoroutine(limit);
        });
        Task<string> first = app.GetAsync(route);
        Assert.True(await inside.WaitAsync(TestApp.Limit));

        // One waits and hangs up; another waits in its place; the third finds the queue full.
        using var hangUp = new CancellationTokenSource();
        Task<string> gone = app.Http1.GetStringAsync(route, hangUp.Token);
        await UntilAsync(() => Sum(reader, "weft.http.request.queued", route) == 1);
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        await UntilAsync(() => Rejected(reader, route, "aborted") == 1 && Sum(reader, "weft.http.request.queued", route) == 0);
        Task<string> second = app.GetAsync(route);
        await UntilAsync(() => Sum(reader, "weft.http.request.queued", route) == 1);
        using HttpResponseMessage refused = await app.Http1.GetAsync(route).WaitAsync(TestApp.Limit);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(1, Rejected(reader, route, "queue_full"));
        release.Set();
        Assert.Equal("true true", $"{await first} {await second}");
        await UntilAsync(() => Sum(reader, "weft.http.request.queued", route) == 0);
        Measured[] waits =
            [.. reader.Values.Where(one => one.Instrument == "weft.http.request.time_in_queue" && one["http.route"] == route)];
        Assert.Equal(2, waits.Length);
        Assert.All(waits, one => Assert.Equal(isOfAll ? "application" : "endpoint", one["weft.limit"]));
    }

    [Fact]
    public async Task Rejected_AfterTheTimeOfALimit_IsATimeout()
    {
        const string Route = "/limit-of-time";
        using var reader = new MetricsReader();
        using var inside = new SemaphoreSlim(0);
        using var release = new ManualResetEventSlim();
        await using TestApp app = await TestApp.StartAsync(app =>
        {
            app.UseWeft();
            app.MapGet(Route, () =>
            {
                inside.Release();
                return release.Wait(TestApp.Limit);
            }).RunAsGoroutine(new GoroutineLimit(1) { MaxWait = TimeSpan.FromMilliseconds(20) });
        });
        Task<string> first = app.GetAsync(Route);
        Assert.True(await inside.WaitAsync(TestApp.Limit));
        using HttpResponseMessage refused = await app.Http1.GetAsync(Route).WaitAsync(TestApp.Limit);
        Assert.Equal(1, Rejected(reader, Route, "timeout"));
        release.Set();
        await first;
    }

    [Fact]
    public async Task Instruments_OfAHostThatWasDisposed_AreGone()
    {
        using var gone = new CountdownEvent(1);
        using var listener = new MeterListener();
        listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Name == "weft.http.request.active")
                listener.EnableMeasurementEvents(instrument, instrument.Meter);
        };
        await using TestApp app = await TestApp.StartAsync(static app => app.UseWeft());
        object? own = null;
        using var of = new MeterListener();
        IMeterFactory factory = app.Services.GetRequiredService<IMeterFactory>();
        of.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Name == "weft.http.request.active" && instrument.Meter.Scope == factory)
                own = instrument.Meter;
        };
        of.Start();
        Assert.NotNull(own);
        listener.MeasurementsCompleted = (_, state) =>
        {
            if (state == own)
                gone.Signal();
        };
        listener.Start();
        await app.DisposeAsync();
        Assert.True(gone.Wait(TestApp.Limit));
    }

    private static double Rejected(MetricsReader reader, string route, string reason) => reader.Values
        .Where(one => one.Instrument == "weft.http.request.rejected" && one["http.route"] == route && one["weft.reject.reason"] == reason)
        .Sum(static one => one.Value);

    private static double Sum(MetricsReader reader, string instrument, string route) =>
        reader.Values.Where(one => one.Instrument == instrument && one["http.route"] == route).Sum(static one => one.Value);

    private static Task UntilAsync(Func<bool> condition) => Hosting.GuardTests.UntilAsync(condition);
}
