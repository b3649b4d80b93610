using System.Net.Sockets;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Requests;

/// <summary>Many connections, opened at once with a request each.</summary>
/// <param name="ElapsedMs">Until the last had its answer or none was to come; the limit, if some still waited then.</param>
/// <param name="Lost">Requests without a successful answer.</param>
internal sealed record Burst(double ElapsedMs, int Lost)
{
    public static async Task<Burst> RunAsync(int port, string path, int count, TimeSpan limit)
    {
        using CancellationTokenSource end = new(limit);
        long start = Clock.Now;
        bool[] served = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => TryGetAsync(port, path, end.Token)));
        double elapsed = end.IsCancellationRequested ? limit.TotalMilliseconds : Clock.MillisecondsSince(start);
        return new Burst(elapsed, served.Count(each => !each));
    }

    private static async Task<bool> TryGetAsync(int port, string path, CancellationToken end)
    {
        try
        {
            using HttpConnection connection = await HttpConnection.OpenAsync(port, end);
            return await connection.GetAsync(path, end);
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            return false;
        }
    }
}
