using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weft.Hosting;

namespace Weft.Samples.Silos;

/// <summary>
/// The process of a silo. It says on its output when it is ready, and from then on how many threads it has; it stops when its input ends,
/// as it does when the process that started it has gone.
/// </summary>
internal static class SiloHost
{
    public const string Ready = "ready";
    public const string Threads = "threads";

    // Grain calls that never return keep a silo from stopping: it gives up on them soon.
    private static readonly TimeSpan s_shutdownTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_disposeTimeout = TimeSpan.FromSeconds(1);

    // The most threads are shown, and the guard holds each of its steps longer than this.
    private static readonly TimeSpan s_threadsInterval = TimeSpan.FromMilliseconds(250);

    public static int Run(SiloSettings settings)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning);
        if (settings.Verbose)
            builder.Logging.AddConsole(static console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.Configure<HostOptions>(static host => host.ShutdownTimeout = s_shutdownTimeout);
        builder.Services.AddWeft(weft =>
        {
            weft.DisposeTimeout = s_disposeTimeout;
            if (settings.Mode != Mode.Guard)
                weft.ThreadPoolGuard = null;
        });
        builder.Services.AddSingleton(settings).AddSingleton<OldDriver>().AddSingleton<BlockingCalls>();
        builder.UseOrleans(silo => Cluster.Join(silo, settings));

        using IHost host = builder.Build();
        try
        {
            host.Start();
        }
        catch (Exception e)
        {
            string hint = settings.Clustering == Clustering.Postgres ? " (the database needs Orleans' tables: see --help)" : "";
            Console.Error.WriteLine($"Silos: a silo did not start: {e.Message.Split('\n')[0]}{hint}");
            return 1;
        }

        Console.WriteLine(Ready);
        Scheduler scheduler = host.Services.GetRequiredService<WeftHost>().Scheduler;
        new Thread(() => CountThreads(scheduler)) { IsBackground = true }.Start();
        Console.In.ReadToEnd();
        host.StopAsync().GetAwaiter().GetResult();
        return 0;
    }

    // On a thread of its own: the pool may be what starves.
    private static void CountThreads(Scheduler scheduler)
    {
        while (true)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Threads} {ThreadPool.ThreadCount} {scheduler.Statistics.Threads}"));
            Thread.Sleep(s_threadsInterval);
        }
    }
}
