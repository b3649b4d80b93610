using System.Net;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace Weft.AspNetCore.Tests;

/// <summary>What leaves a handler goes up the pipeline, however it leaves it.</summary>
public sealed class ExceptionTests
{
    public static TheoryData<string, int> Ways => new MatrixTheoryData<string, int>(
        ["/at-once", "/async", "/after-await", "/after-blocking", "/delegate", "/cancelled", "/middleware"],
        [1, 2]);

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task ExceptionHandler_BeforeUseWeft_SeesWhatTheHandlerThrew(string path, int http)
    {
        await using TestApp app = await TestApp.StartAsync(static app =>
        {
            app.UseExceptionHandler(static handler => handler.Run(static context =>
                context.Response.WriteAsync(context.Features.Get<IExceptionHandlerFeature>()!.Error.Message)));
            app.UseWeft();
            MapThrowing(app);
        });
        using HttpResponseMessage answer = await app.Client(http).GetAsync(path).WaitAsync(TestApp.Limit);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal(path, await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task ProblemDetails_BeforeUseWeft_DescribeTheFailure(string path, int http)
    {
        await using TestApp app = await TestApp.StartAsync(
            static app =>
            {
                app.UseExceptionHandler();
                app.UseWeft();
                MapThrowing(app);
            },
            static builder => builder.Services.AddProblemDetails());
        using HttpResponseMessage answer = await app.Client(http).GetAsync(path).WaitAsync(TestApp.Limit);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(500, (await answer.Content.ReadFromJsonAsync<ProblemDetails>())!.Status);
    }

    [Fact]
    public async Task DeveloperPage_BeforeUseWeft_ShowsTheHandlersStack()
    {
        await using TestApp app = await TestApp.StartAsync(static app =>
        {
            app.UseDeveloperExceptionPage();
            app.UseWeft();
            MapThrowing(app);
        });
        using HttpResponseMessage answer = await app.Http1.GetAsync("/after-await").WaitAsync(TestApp.Limit);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        string page = await answer.Content.ReadAsStringAsync();
        Assert.Contains(nameof(FormatException), page, StringComparison.Ordinal);
        Assert.Contains(nameof(ThrowAfterAwaitAsync), page, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Exception_ThatNobodyHandles_IsA500AndLogged(string path, int http)
    {
        await using TestApp app = await TestApp.StartAsync(static app =>
        {
            app.UseWeft();
            MapThrowing(app);
        });
        using HttpResponseMessage answer = await app.Client(http).GetAsync(path).WaitAsync(TestApp.Limit);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        LogEntry logged = await app.LogRecorder.FirstAsync(static entry => entry is { Level: LogLevel.Error, Exception: not null });
        Assert.Equal(path, logged.Exception!.Message);
    }

    [Fact]
    public async Task AsyncVoid_ThatThrowsInAHandler_IsLoggedIfItDoesNotEndTheProcess()
    {
        await using TestApp app = await TestApp.StartAsync(
            static app =>
            {
                app.UseWeft();
                app.MapGet("/x", static () => ThrowLater()).RunAsGoroutine();
            },
            weft: static options => options.UnhandledExceptions = UnhandledExceptionPolicy.Report);
        Assert.Equal("", await app.GetAsync("/x"));
        LogEntry logged = await app.LogRecorder.FirstAsync(static entry => entry is { Category: "Weft", Level: LogLevel.Error });
        Assert.IsType<FormatException>(logged.Exception);
        Assert.Contains("route=/x", logged.Message, StringComparison.Ordinal);

        static async void ThrowLater()
        {
            await Task.Yield();
            throw new FormatException();
        }
    }

    private static void MapThrowing(WebApplication app)
    {
        app.Use(static (context, next) =>
            context.Request.Path == "/middleware" ? throw new FormatException("/middleware") : next(context));
        RouteGroupBuilder group = app.MapGroup("").RunAsGoroutine();
        group.MapGet("/middleware", static () => "");
        group.MapGet("/at-once", static string () => throw new FormatException("/at-once"));
#pragma warning disable CS1998 // the way is the point
        group.MapGet("/async", static async Task<string> () => throw new FormatException("/async"));
#pragma warning restore CS1998
        group.MapGet("/after-await", static () => ThrowAfterAwaitAsync("/after-await"));
        group.MapGet("/after-blocking", static string () =>
        {
            Thread.Sleep(1);
            throw new FormatException("/after-blocking");
        });
        group.MapGet("/delegate", (RequestDelegate)(static _ => throw new FormatException("/delegate")));
        group.MapGet("/cancelled", static async Task<string> () =>
        {
            await Task.Yield();
            throw new OperationCanceledException("/cancelled", new CancellationToken(canceled: true));
        });
    }

    private static async Task<string> ThrowAfterAwaitAsync(string message)
    {
        await Task.Yield();
        throw new FormatException(message);
    }
}
