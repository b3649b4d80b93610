using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.RateLimiting;

namespace Weft.AspNetCore.Tests;

/// <summary>Middleware of ASP.NET Core, before Weft's and after it.</summary>
public sealed class MiddlewareTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RequestTimeout_WhileTheHandlerBlocks_EndsIt(bool isBefore)
    {
        await using TestApp app = await TestApp.StartAsync(
            app =>
            {
                Use(app, isBefore, static app => app.UseRequestTimeouts());
                app.MapGet("/x", static (HttpContext context) =>
                {
                    context.RequestAborted.WaitHandle.WaitOne(TestApp.Limit);
                    context.RequestAborted.ThrowIfCancellationRequested();
                }).RunAsGoroutine().WithRequestTimeout(TimeSpan.FromMilliseconds(50));
            },
            static builder => builder.Services.AddRequestTimeouts());
        using HttpResponseMessage answer = await app.Http1.GetAsync("/x").WaitAsync(TestApp.Limit);
        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RateLimiter_WhileTheHandlerBlocks_RefusesTheNext(bool isBefore)
    {
        using var inside = new SemaphoreSlim(0);
        using var release = new ManualResetEventSlim();
        await using TestApp app = await TestApp.StartAsync(
            app =>
            {
                Use(app, isBefore, static app => app.UseRateLimiter());
                app.MapGet("/x", () =>
                {
                    inside.Release();
                    return release.Wait(TestApp.Limit);
                }).RunAsGoroutine().RequireRateLimiting("one");
            },
            static builder => builder.Services.AddRateLimiter(static options =>
            {
                options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
                options.AddConcurrencyLimiter("one", static one => one.PermitLimit = 1);
            }));
        Task<string> first = app.GetAsync("/x");
        Assert.True(await inside.WaitAsync(TestApp.Limit));
        using HttpResponseMessage second = await app.Http1.GetAsync("/x").WaitAsync(TestApp.Limit);
        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        release.Set();
        Assert.Equal("true", await first);
        Assert.Equal("true", await app.GetAsync("/x"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OutputCache_OfAHandlerThatBlocks_AnswersTheNext(bool isBefore)
    {
        int calls = 0;
        await using TestApp app = await TestApp.StartAsync(
            app =>
            {
                Use(app, isBefore, static app => app.UseOutputCache());
                app.MapGet("/x", () =>
                {
                    Thread.Sleep(1);
                    return $"{Where.Here()} {Interlocked.Increment(ref calls)}";
                }).RunAsGoroutine().CacheOutput();
            },
            static builder => builder.Services.AddOutputCache());
        string first = await app.GetAsync("/x");
        Assert.Equal($"{Where.Goroutine("/x")} 1", first);
        Assert.Equal(first, await app.GetAsync("/x"));
    }

    private static void Use(WebApplication app, bool isBefore, Action<WebApplication> use)
    {
        if (isBefore)
            use(app);
        app.UseWeft();
        if (!isBefore)
            use(app);
    }
}
