using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Weft.Samples.Silos;

/// <summary>Three Orleans silos in processes of their own, with grains that call code that blocks; a load; one is killed.</summary>
internal static class Program
{
    /// <summary>The first argument of a silo's process; the second is its settings.</summary>
    public const string SiloCommand = "silo";

    private const int Failed = 1;
    private const int BadUsage = 2;

    private static async Task<int> Main(string[] args)
    {
        if (args is [SiloCommand, string settings])
            return SiloHost.Run(SiloSettings.Of(settings));
        if (Options.Parse(args, out string error) is not { } options)
        {
            Console.Error.WriteLine($"Silos: {error}");
            return BadUsage;
        }

        if (options.Help)
        {
            Console.WriteLine(Options.Usage);
            return 0;
        }

        string ledger = Directory.CreateTempSubdirectory("weft-silos-").FullName;
        try
        {
            return await RunAsync(options, ledger);
        }
        catch (Exception e) when (e is InvalidOperationException or OrleansException)
        {
            Console.Error.WriteLine($"Silos: {e.Message}");
            return Failed;
        }
        finally
        {
            Directory.Delete(ledger, recursive: true);
        }
    }

    private static async Task<int> RunAsync(Options options, string ledger)
    {
        SiloSettings[] settings = SettingsOf(options, ledger);
        var silos = new List<SiloProcess>();
        try
        {
            silos.Add(await SiloProcess.StartAsync(1, settings[0]));
            silos.AddRange(await Task.WhenAll(SiloProcess.StartAsync(2, settings[1]), SiloProcess.StartAsync(3, settings[2])));
            Load load = await LoadAsync(options, settings, silos);
            await Task.WhenAll(silos.Select(silo => silo.StopAsync()));
            var audit = Audit.Of(load.Acknowledged, load.Failed, ledger);
            Report.Write(options, load, silos, audit);
            return audit.Wrong.Count == 0 ? 0 : Failed;
        }
        finally
        {
            silos.ForEach(silo => silo.Dispose());
        }
    }

    private static async Task<Load> LoadAsync(Options options, SiloSettings[] settings, List<SiloProcess> silos)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => Cluster.Join(client, settings));
        using IHost client = builder.Build();
        await client.StartAsync();
        var load = new Load(client.Services.GetRequiredService<IGrainFactory>(), options);
        Task running = load.RunAsync();
        await Task.Delay(options.Duration / 2);
        if (options.Kill != 0)
            silos[options.Kill - 1].Kill();
        await running;
        await client.StopAsync();
        return load;
    }

    private static SiloSettings[] SettingsOf(Options options, string ledger)
    {
        int[] ports = FreePorts(2 * Cluster.Silos);
        string clusterId = Guid.NewGuid().ToString("N");
        return
        [
            .. Enumerable.Range(0, Cluster.Silos).Select(i => new SiloSettings
            {
                SiloPort = ports[i],
                GatewayPort = ports[Cluster.Silos + i],
                PrimaryPort = ports[0],
                ClusterId = clusterId,
                Clustering = options.Clustering,
                Connection = options.Connection,
                Mode = options.Mode,
                Work = options.Work,
                Block = options.Block,
                Timeout = options.Timeout,
                Verbose = options.Verbose,
                Ledger = ledger,
            }),
        ];
    }

    // Free now; that another program takes one before the silo does is possible, and told.
    private static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(static _ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in listeners)
            listener.Start();
        int[] ports = [.. listeners.Select(static listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (TcpListener listener in listeners)
            listener.Stop();
        return ports;
    }
}
