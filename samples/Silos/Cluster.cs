using System.Net;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace Weft.Samples.Silos;

/// <summary>Where silos and client find each other, and how soon a dead silo is missed.</summary>
internal static class Cluster
{
    /// <summary>Two are left when one is killed: as many as Orleans wants to agree that it is dead.</summary>
    public const int Silos = 3;

    private const string ServiceId = "silos";
    private const string Postgres = "Npgsql";

    // A dead silo is missed after some three seconds. Orleans' own five seconds for a probe would outlast a short run.
    private static readonly TimeSpan s_probeTimeout = TimeSpan.FromSeconds(1);

    public static void Join(ISiloBuilder silo, SiloSettings settings)
    {
        silo.ConfigureEndpoints(IPAddress.Loopback, settings.SiloPort, settings.GatewayPort);
        silo.Configure<ClusterOptions>(cluster => Name(cluster, settings.ClusterId));
        silo.Configure<ClusterMembershipOptions>(static membership => membership.ProbeTimeout = s_probeTimeout);
        silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = settings.Timeout);
        switch (settings.Clustering)
        {
            case Clustering.Localhost:
                silo.UseDevelopmentClustering(new IPEndPoint(IPAddress.Loopback, settings.PrimaryPort));
                break;
            case Clustering.Redis:
                silo.UseRedisClustering(settings.Connection!);
                break;
            case Clustering.Postgres:
                silo.UseAdoNetClustering(adoNet => (adoNet.Invariant, adoNet.ConnectionString) = (Postgres, settings.Connection!));
                break;
        }
    }

    public static void Join(IClientBuilder client, IReadOnlyList<SiloSettings> silos)
    {
        SiloSettings settings = silos[0];
        client.Configure<ClusterOptions>(cluster => Name(cluster, settings.ClusterId));
        client.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = settings.Timeout);
        switch (settings.Clustering)
        {
            case Clustering.Localhost:
                client.UseStaticClustering([.. silos.Select(silo => new IPEndPoint(IPAddress.Loopback, silo.GatewayPort))]);
                break;
            case Clustering.Redis:
                client.UseRedisClustering(settings.Connection!);
                break;
            case Clustering.Postgres:
                client.UseAdoNetClustering(adoNet => (adoNet.Invariant, adoNet.ConnectionString) = (Postgres, settings.Connection!));
                break;
        }
    }

    private static void Name(ClusterOptions cluster, string id) => (cluster.ClusterId, cluster.ServiceId) = (id, ServiceId);
}
