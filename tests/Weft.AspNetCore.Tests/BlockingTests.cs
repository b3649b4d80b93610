namespace Weft.AspNetCore.Tests;

/// <summary>Handlers that block.</summary>
public sealed class BlockingTests
{
    // More than the threads that .NET's pool has for a minute.
    private const int Requests = 200;

    private const int Flows = 10;

    [Theory]
    [InlineData(1, "/block")]
    [InlineData(2, "/block")]
    [InlineData(1, "/result")]
    [InlineData(2, "/result")]
    [InlineData(1, "/controller")]
    public async Task Requests_ThatBlock_AreAllInsideAtOnce(int http, string path)
    {
        using var all = new Barrier(Requests);
        await using TestApp app = await TestApp.StartAsync(
            app =>
            {
                app.UseWeft(static options => options.AllEndpoints = true);
                app.MapGet("/block", static (Barrier all) => all.SignalAndWait(TestApp.Limit));
                app.MapGet("/result", static (Barrier all) => MeetAsync(all).Result);
                app.MapControllers();
            },
            builder =>
            {
                builder.Services.AddControllers();
                builder.Services.AddSingleton(all);
            });
        string[] met = await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => app.GetAsync(path, http)));
        Assert.All(met, static answer => Assert.Equal("true", answer));

        static async Task<bool> MeetAsync(Barrier all)
        {
            await Task.Delay(1);
            return all.SignalAndWait(TestApp.Limit);
        }
    }

    [Theory]
    [InlineData("/sleep")]
    [InlineData("/later")]
    public async Task Requests_ToAnEndpointThatHasBlocked_HandTheirProcessorOnBeforehand(string path)
    {
        // More than an endpoint's habit takes to be known.
        const int Learning = 30;
        await using TestApp app = await TestApp.StartAsync(static app =>
        {
            app.UseWeft(static options => options.AllEndpoints = true);
            app.MapGet("/sleep", static () => Thread.Sleep(2));
            app.MapGet("/later", static async () =>
            {
                await Task.Delay(1);
                Thread.Sleep(2);
            });
            app.MapGet("/quick", static () => "quick");
        });
        for (int i = 0; i < Learning; i++)
        {
            await app.GetAsync(path);
            await app.GetAsync("/quick");
        }

        long before = app.Scheduler.Statistics.HandOffsExplicit;
        await app.GetAsync(path);
        long after = app.Scheduler.Statistics.HandOffsExplicit;
        await app.GetAsync("/quick");
        Assert.Equal(before + 1, after);
        Assert.Equal(after, app.Scheduler.Statistics.HandOffsExplicit);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Flows_OfARequest_RunSideBySide(bool ofWeft)
    {
        await using TestApp app = await TestApp.StartAsync(static app =>
        {
            app.UseWeft();
            app.MapGet("/flows", static async (bool ofWeft) =>
            {
                using var all = new Barrier(Flows);
                var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                Task<bool>[] flows = [.. Enumerable.Range(0, Flows).Select(async _ =>
                {
                    await begin.Task; // or a flow might block the goroutine that starts it
                    if (ofWeft)
                        await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
                    else
                        await Task.Delay(1);
                    return all.SignalAndWait(TestApp.Limit);
                })];
                begin.SetResult();
                return (await Task.WhenAll(flows)).All(static it => it);
            }).RunAsGoroutine();
        });
        Assert.Equal("true", await app.GetAsync($"/flows?ofWeft={ofWeft}"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Disconnect_WhileTheHandlerBlocks_IsSeen(int http)
    {
        using var inside = new SemaphoreSlim(0);
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestApp app = await TestApp.StartAsync(app =>
        {
            app.UseWeft();
            app.MapGet("/x", (HttpContext context) =>
            {
                inside.Release();
                if (context.RequestAborted.WaitHandle.WaitOne(TestApp.Limit))
                    seen.TrySetResult();
            }).RunAsGoroutine();
        });
        using var hangUp = new CancellationTokenSource();
        Task<string> asking = app.Client(http).GetStringAsync("/x", hangUp.Token);
        Assert.True(await inside.WaitAsync(TestApp.Limit));
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await seen.Task.WaitAsync(TestApp.Limit);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Stop_WhileRequestsBlock_AnswersAllOfThem(int http)
    {
        using var inside = new CountdownEvent(Requests);
        using var release = new ManualResetEventSlim();
        await using TestApp app = await TestApp.StartAsync(app =>
        {
            app.UseWeft();
            app.MapGet("/x", () =>
            {
                inside.Signal();
                return release.Wait(TestApp.Limit);
            }).RunAsGoroutine();
        });
        Task<string>[] asking = [.. Enumerable.Range(0, Requests).Select(_ => app.GetAsync("/x", http))];
        Assert.True(await Task.Run(() => inside.Wait(TestApp.Limit)));
        var lifetime = app.Services.GetRequiredService<IHostApplicationLifetime>();
        Task stopping = app.StopAsync();
        await Task.Run(() => lifetime.ApplicationStopping.WaitHandle.WaitOne(TestApp.Limit));
        release.Set();
        Assert.All(await Task.WhenAll(asking), static answer => Assert.Equal("true", answer));
        await stopping;
    }

    [Fact]
    public async Task Bystander_OnThePool_IsAnsweredWhileRequestsBlock()
    {
        using var inside = new CountdownEvent(Requests);
        using var release = new ManualResetEventSlim();
        await using TestApp app = await TestApp.StartAsync(app =>
        {
            app.UseWeft();
            app.MapGet("/ping", static () => "pong");
            app.MapGet("/x", () =>
            {
                inside.Signal();
                return release.Wait(TestApp.Limit);
            }).RunAsGoroutine();
        });
        Task<string>[] asking = [.. Enumerable.Range(0, Requests).Select(_ => app.GetAsync("/x"))];
        Assert.True(await Task.Run(() => inside.Wait(TestApp.Limit)));
        Assert.Equal("pong", await app.GetAsync("/ping"));
        release.Set();
        Assert.All(await Task.WhenAll(asking), static answer => Assert.Equal("true", answer));
    }
}
