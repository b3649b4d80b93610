using System.Net;

namespace Weft.AspNetCore.Tests;

/// <summary>How many requests are inside, and what becomes of the others.</summary>
public sealed class LimitTests
{
    private const int Inside = 3;
    private const int Queued = 4;

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 2)]
    public async Task Limit_OfAnEndpointOrOfAll_LetsInAndRefusesTheRest(bool isOfAll, int http)
    {
        using var inside = new SemaphoreSlim(0);
        using var release = new SemaphoreSlim(0);
        int now = 0, most = 0;
        await using TestApp app = await StartAsync(isOfAll, new GoroutineLimit(Inside) { MaxQueued = Queued }, () =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref now));
            inside.Release();
            release.Wait(TestApp.Limit);
            Interlocked.Decrement(ref now);
            return "answered";
        });
        Task<HttpResponseMessage>[] asking =
            [.. Enumerable.Range(0, Inside + Queued + 1).Select(_ => app.Client(http).GetAsync("/x"))];
        for (int i = 0; i < Inside; i++)
            Assert.True(await inside.WaitAsync(TestApp.Limit));

        // One more than there is room for: it is refused while the others wait.
        using HttpResponseMessage refused = await await Task.WhenAny(asking).WaitAsync(TestApp.Limit);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        Assert.Equal("pong", await app.GetAsync("/ping", http));
        release.Release(Inside + Queued);
        HttpResponseMessage[] answers = await Task.WhenAll(asking).WaitAsync(TestApp.Limit);
        Assert.Equal(Inside + Queued, answers.Count(static answer => answer.StatusCode == HttpStatusCode.OK));
        Assert.Equal(Inside, most);
    }

    [Fact]
    public async Task Limit_OfBoth_CountsBoth()
    {
        using var release = new ManualResetEventSlim();
        using var inside = new SemaphoreSlim(0);
        await using TestApp app = await TestApp.StartAsync(app =>
        {
            app.UseWeft(static options => options.Limit = new GoroutineLimit(2) { MaxQueued = 0 });
            app.MapGet("/narrow", Block).RunAsGoroutine(new GoroutineLimit(1) { MaxQueued = 0, StatusCode = 429 });
            app.MapGet("/wide", Block).RunAsGoroutine();
        });
        Task<string> narrow = app.GetAsync("/narrow");
        Assert.True(await inside.WaitAsync(TestApp.Limit));
        await AssertStatusAsync(app, "/narrow", HttpStatusCode.TooManyRequests);
        Task<string> wide = app.GetAsync("/wide");
        Assert.True(await inside.WaitAsync(TestApp.Limit));
        await AssertStatusAsync(app, "/wide", HttpStatusCode.ServiceUnavailable);
        release.Set();
        Assert.Equal("true true", $"{await narrow} {await wide}");
        Assert.Equal("true", await app.GetAsync("/narrow"));

        bool Block()
        {
            inside.Release();
            return release.Wait(TestApp.Limit);
        }
    }

    [Fact]
    public async Task Limit_WhoseTimeIsOver_RefusesWhoWaits()
    {
        using var inside = new SemaphoreSlim(0);
        using var release = new ManualResetEventSlim();
        var limit = new GoroutineLimit(1) { MaxWait = TimeSpan.FromMilliseconds(50), RetryAfter = TimeSpan.FromSeconds(7) };
        await using TestApp app = await StartAsync(isOfAll: true, limit, () =>
        {
            inside.Release();
            return $"{release.Wait(TestApp.Limit)}";
        });
        Task<string> first = app.GetAsync("/x");
        Assert.True(await inside.WaitAsync(TestApp.Limit));
        using HttpResponseMessage second = await app.Http1.GetAsync("/x").WaitAsync(TestApp.Limit);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, second.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(7), second.Headers.RetryAfter?.Delta);
        release.Set();
        Assert.Equal("True", await first);
        Assert.Equal("True", await app.GetAsync("/x"));
    }

    [Fact]
    public async Task Limit_AfterAHandlerThrew_HasItsRoomAgain()
    {
        var limit = new GoroutineLimit(1) { MaxQueued = 0 };
        await using TestApp app = await StartAsync(isOfAll: true, limit, static () => throw new FormatException());
        for (int i = 0; i < 3; i++)
            await AssertStatusAsync(app, "/x", HttpStatusCode.InternalServerError);
    }

    [Theory]
    [InlineData(0, 0, 1, 503, 1)]
    [InlineData(1, -1, 1, 503, 1)]
    [InlineData(1, 0, 0, 503, 1)]
    [InlineData(1, 0, 1, 200, 1)]
    [InlineData(1, 0, 1, 503, 0)]
    public void Constructor_OutOfRange_IsRefused(int inside, int queued, int wait, int status, int retryAfter) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new GoroutineLimit(inside)
        {
            MaxQueued = queued,
            MaxWait = TimeSpan.FromSeconds(wait),
            StatusCode = status,
            RetryAfter = TimeSpan.FromSeconds(retryAfter),
        });

    private static Task<TestApp> StartAsync(bool isOfAll, GoroutineLimit limit, Func<string> handler) => TestApp.StartAsync(app =>
    {
        app.UseWeft(options => options.Limit = isOfAll ? limit : null);
        RouteHandlerBuilder endpoint = app.MapGet("/x", handler);
        if (isOfAll)
            endpoint.RunAsGoroutine();
        else
            endpoint.RunAsGoroutine(limit);
        app.MapGet("/ping", static () => "pong");
    });

    private static async Task AssertStatusAsync(TestApp app, string path, HttpStatusCode expected)
    {
        using HttpResponseMessage answer = await app.Http1.GetAsync(path).WaitAsync(TestApp.Limit);
        Assert.Equal(expected, answer.StatusCode);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (int seen = most; value > seen;)
        {
            int before = Interlocked.CompareExchange(ref most, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
