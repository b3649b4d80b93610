using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Weft.Tests.Support;

namespace Weft.AspNetCore.Tests.Support;

/// <summary>An application of a test's own on Kestrel, with a port for HTTP/1.1 and one for HTTP/2 without TLS.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    /// <summary>Longer than anything here takes on a busy machine with one CPU.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    private readonly WebApplication _app;
    private readonly LogRecorder _log;

    private TestApp(WebApplication app, LogRecorder log)
    {
        _app = app;
        _log = log;
        Http1 = MakeClient(0, HttpVersion.Version11);
        Http2 = MakeClient(1, HttpVersion.Version20);
    }

    public HttpClient Http1 { get; }

    public HttpClient Http2 { get; }

    public IServiceProvider Services => _app.Services;

    public Scheduler Scheduler => Services.GetRequiredService<WeftHost>().Scheduler;

    /// <summary>What the host has logged.</summary>
    public IReadOnlyCollection<LogEntry> Log => _log.Entries;

    public LogRecorder LogRecorder => _log;

    public Uri Address => Http1.BaseAddress!;

    /// <summary>Starts an application with Weft.</summary>
    /// <param name="map">Makes its pipeline, and calls UseWeft.</param>
    /// <param name="build">Adds services.</param>
    /// <param name="weft">Sets options.</param>
    public static async Task<TestApp> StartAsync(
        Action<WebApplication> map,
        Action<WebApplicationBuilder>? build = null,
        Action<WeftOptions>? weft = null)
    {
        (WebApplication app, LogRecorder log) = Build(build, weft);
        map(app);
        await app.StartAsync().WaitAsync(Limit);
        var started = new TestApp(app, log);
        HangDump.Show(started.Scheduler);
        return started;
    }

    /// <summary>Makes the application and starts nothing.</summary>
    public static (WebApplication App, LogRecorder Log) Build(
        Action<WebApplicationBuilder>? build = null,
        Action<WeftOptions>? weft = null,
        bool addWeft = true)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            EnvironmentName = Environments.Production,
            ApplicationName = typeof(TestApp).Assembly.GetName().Name, // whose controllers are found
        });
        var log = new LogRecorder();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1_000; // a client has one connection
            kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http2);
        });
        if (addWeft)
        {
            builder.Services.AddWeft(options =>
            {
                options.ThreadPoolGuard = null; // it would help where goroutines must do without
                weft?.Invoke(options);
            });
        }

        build?.Invoke(builder);
        return (builder.Build(), log);
    }

    public HttpClient Client(int http) => http == 2 ? Http2 : Http1;

    /// <summary>The body of an answer that must be a success.</summary>
    public async Task<string> GetAsync(string path, int http = 1) => await Client(http).GetStringAsync(path).WaitAsync(Limit);

    public Task StopAsync() => _app.StopAsync().WaitAsync(Limit);

    public async ValueTask DisposeAsync()
    {
        Http1.Dispose();
        Http2.Dispose();
        await _app.DisposeAsync().AsTask().WaitAsync(Limit);
    }

    private HttpClient MakeClient(int port, Version version) => new()
    {
        BaseAddress = new Uri(_app.Urls.ElementAt(port)),
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = Limit,
    };
}
