using System.Net.Sockets;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Requests;

/// <summary>A load for machines without wrk. Its clients keep no thread while they wait, so that they are not starved themselves.</summary>
internal static class ClosedLoop
{
    // One that was refused does not ask again at once, which would be a load of another kind.
    private static readonly TimeSpan s_pauseAfterError = TimeSpan.FromMilliseconds(10);

    public static LoadResult Run(int port, string path, int connections, TimeSpan length)
    {
        using CancellationTokenSource end = new(length);
        long start = Clock.Now;
        Task<Client>[] clients = [.. Enumerable.Range(0, connections).Select(_ => RunClientAsync(port, path, end.Token))];
        Task.WaitAll(clients);
        TimeSpan took = TimeSpan.FromMilliseconds(Clock.MillisecondsSince(start));
        return LoadResult.Of([.. clients.SelectMany(client => client.Result.TimesMs)], took, clients.Sum(client => client.Result.Errors));
    }

    private static async Task<Client> RunClientAsync(int port, string path, CancellationToken end)
    {
        Client client = new();
        while (!end.IsCancellationRequested)
        {
            try
            {
                using HttpConnection connection = await HttpConnection.OpenAsync(port, end);
                while (!end.IsCancellationRequested)
                {
                    long start = Clock.Now;
                    bool success = await connection.GetAsync(path, end);
                    client.TimesMs.Add(Clock.MillisecondsSince(start));
                    client.Errors += success ? 0 : 1;
                }
            }
            catch (OperationCanceledException)
            {
                // What has no answer at the end counts neither as an answer nor as an error, as in wrk.
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                client.Errors++;
                await Task.Delay(s_pauseAfterError, CancellationToken.None);
            }
        }

        return client;
    }

    private sealed class Client
    {
        public List<double> TimesMs { get; } = [];

        public long Errors { get; set; }
    }
}
