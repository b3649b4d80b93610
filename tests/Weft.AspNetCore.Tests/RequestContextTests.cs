using System.Diagnostics;

namespace Weft.AspNetCore.Tests;

/// <summary>What a request brings with it is the same in its goroutine, before and after it awaits and blocks.</summary>
public sealed class RequestContextTests
{
    private static readonly AsyncLocal<string?> s_local = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task HttpContextAndAsyncLocal_OfARequest_AreItsOwnThroughout(int http)
    {
        await using TestApp app = await TestApp.StartAsync(
            static app =>
            {
                app.Use(static (context, next) =>
                {
                    s_local.Value = context.Request.Path;
                    return next(context);
                });
                app.UseWeft();
                app.MapGet("/{id}", static async (HttpContext context, IHttpContextAccessor accessor) =>
                {
                    bool before = IsMine(context, accessor);
                    await Task.Yield();
                    bool between = IsMine(context, accessor);
                    Thread.Sleep(1);
                    await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
                    return before && between && IsMine(context, accessor) && Go.Current is not null;
                }).RunAsGoroutine();
            },
            static builder => builder.Services.AddHttpContextAccessor());
        string[] answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => app.GetAsync($"/{i}", http)));
        Assert.All(answers, static answer => Assert.Equal("true", answer));

        static bool IsMine(HttpContext context, IHttpContextAccessor accessor) =>
            accessor.HttpContext == context && s_local.Value == context.Request.Path;
    }

    [Fact]
    public async Task Traceparent_OfARequest_IsItsActivitysParentThroughout()
    {
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Microsoft.AspNetCore",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        await using TestApp app = await TestApp.StartAsync(static app =>
        {
            app.UseWeft();
            app.MapGet("/x", static async () =>
            {
                string? before = Activity.Current?.TraceId.ToString();
                await Task.Delay(1);
                Thread.Sleep(1);
                return $"{before} {Activity.Current?.TraceId}";
            }).RunAsGoroutine();
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(app.Address, "/x"));
        request.Headers.Add("traceparent", $"00-{Trace}-b7ad6b7169203331-01");
        using HttpResponseMessage answer = await app.Http1.SendAsync(request);
        Assert.Equal($"{Trace} {Trace}", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task ScopedService_OfARequest_IsDisposedAfterTheResponse()
    {
        var disposed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestApp app = await TestApp.StartAsync(
            static app =>
            {
                app.UseWeft();
                app.MapGet("/x", static async (ScopedService service) =>
                {
                    await Task.Yield();
                    Thread.Sleep(1);
                    return service.IsDisposed;
                }).RunAsGoroutine();
            },
            builder => builder.Services.AddScoped(_ => new ScopedService(disposed)));
        Assert.Equal("false", await app.GetAsync("/x"));
        await disposed.Task.WaitAsync(TestApp.Limit);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Stream_WrittenPieceByPiece_ArrivesPieceByPiece(int http)
    {
        using var read = new SemaphoreSlim(0);
        await using TestApp app = await TestApp.StartAsync(app =>
        {
            app.UseWeft();
            app.MapGet("/stream", async (HttpContext context) =>
            {
                for (int i = 0; i < 5; i++)
                {
                    await context.Response.WriteAsync($"{i}\n");
                    await context.Response.Body.FlushAsync();
                    read.Wait(TestApp.Limit); // blocks until the client has it
                }
            }).RunAsGoroutine();
        });
        using Stream stream = await app.Client(http).GetStreamAsync("/stream").WaitAsync(TestApp.Limit);
        using var reader = new StreamReader(stream);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal($"{i}", await reader.ReadLineAsync().WaitAsync(TestApp.Limit));
            read.Release();
        }

        Assert.Null(await reader.ReadLineAsync().WaitAsync(TestApp.Limit));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Upload_ReadSynchronously_Arrives(int http)
    {
        await using TestApp app = await TestApp.StartAsync(
            static app =>
            {
                app.UseWeft();
                app.MapPost("/upload", static (HttpContext context) =>
                {
                    using var reader = new StreamReader(context.Request.Body);
                    return reader.ReadToEnd().Length;
                }).RunAsGoroutine();
            },
            static builder => builder.WebHost.ConfigureKestrel(static kestrel => kestrel.AllowSynchronousIO = true));
        using HttpResponseMessage answer =
            await app.Client(http).PostAsync("/upload", new StringContent(new string('x', 300_000))).WaitAsync(TestApp.Limit);
        Assert.Equal("300000", await answer.Content.ReadAsStringAsync());
    }

    private sealed class ScopedService(TaskCompletionSource disposed) : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose()
        {
            IsDisposed = true;
            disposed.TrySetResult();
        }
    }
}
