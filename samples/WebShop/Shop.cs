using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.SignalR;
using Microsoft.EntityFrameworkCore;
using OpenTelemetry.Metrics;
using Weft.Hosting;
using Weft.Samples.WebShop.Api;
using Weft.Samples.WebShop.Data;
using Weft.Samples.WebShop.Load;
using Weft.Samples.WebShop.Modes;
using Weft.Samples.WebShop.Watching;

namespace Weft.Samples.WebShop;

/// <summary>The service: an application on Kestrel, and beside it the server of the page.</summary>
internal sealed class Shop : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly WatchServer _watch;

    private Shop(WebApplication app, WatchServer watch)
    {
        _app = app;
        _watch = watch;
    }

    public string Address => _app.Urls.First();

    public string GrpcAddress => _app.Urls.Last();

    public string PageAddress => _watch.Address;

    /// <exception cref="IOException">A port is taken.</exception>
    public static async Task<Shop> StartAsync(Options options, ShopDatabase database)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, EnvironmentName = Environments.Production });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, options.Port, static listen => listen.Protocols = HttpProtocols.Http1);
            int grpc = options.Port == 0 ? 0 : options.Port + 1;
            kestrel.Listen(IPAddress.Loopback, grpc, static listen => listen.Protocols = HttpProtocols.Http2); // gRPC without TLS
        });
        AddServices(builder.Services, options, database);
        WebApplication app = builder.Build();
        WatchServer watch = app.Services.GetRequiredService<WatchServer>();
        Map(app, options, watch);
        app.Lifetime.ApplicationStopping.Register(() => EndStarvation(app.Services));
        await app.StartAsync();
        watch.Start(options.Port == 0 ? 0 : options.Port + 2, new Uri(app.Urls.First()));
        return new Shop(app, watch);
    }

    public Task WaitAsync() => _app.WaitForShutdownAsync();

    public void Stop() => _app.Lifetime.StopApplication();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void AddServices(IServiceCollection services, Options options, ShopDatabase database)
    {
        services.AddSingleton(options);
        services.AddSingleton(database);
        services.AddModes();
        services.AddDbContext<ShopContext>(database.Use);
        services.AddControllers();
        services.AddSignalR(static hubs => hubs.AddFilter<ModeHubFilter>());
        services.AddGrpc();
        services.AddOpenTelemetry().WithMetrics(static metrics => metrics
            .AddMeter("System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Weft")
            .AddPrometheusExporter());
        services.AddSingleton<RequestCounter>();
        services.AddSingleton<LoadProcess>();
        services.AddSingleton<Sampler>();
        services.AddSingleton<WatchAnswers>();
        services.AddSingleton<WatchServer>();
    }

    /// <summary>A host needs the pool to stop.</summary>
    private static void EndStarvation(IServiceProvider services)
    {
        services.GetRequiredService<LoadProcess>().Stop();
        services.GetRequiredService<ModeSwitch>().Current = Mode.Guard;
    }

    private static void Map(WebApplication app, Options options, WatchServer watch)
    {
        app.Use(app.Services.GetRequiredService<RequestCounter>().InvokeAsync);
        app.UseModes();
        app.MapProducts();
        app.MapPrices(options);
        app.MapUpload();
        app.MapControllers();
        app.MapHub<OrdersHub>("/hubs/orders");
        app.MapGrpcService<StockService>();
        app.MapPrometheusScrapingEndpoint().RunOnThreadPool();
        app.MapGet("/ping", static () => "pong").RunOnThreadPool();

        // While the pool starves, nothing of Kestrel answers: the page has a server that does not use the pool.
        app.MapGet("/", () => Results.Redirect(watch.Address)).RunOnThreadPool();
    }
}
