using System.Diagnostics;
using System.Text.Json;

namespace Weft.Samples.WebShop.Load;

/// <summary>
/// Asks a shop as many clients at once, and one more that asks for what takes no time. A process of its own: in the shop's, it would starve
/// with it.
/// </summary>
internal sealed class LoadGenerator(LoadOptions options)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_pingPause = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private List<double> _latenciesMs = [];
    private long _failed;
    private TimeSpan _lastPing;

    /// <summary>Runs until it is cancelled, and writes a report in JSON, a line, four times a second.</summary>
    public async Task RunAsync(TextWriter output, CancellationToken ends)
    {
        using HttpClient http = MakeClient();
        using HttpClient pingHttp = MakeClient();
        LoadClient[] clients = [.. Enumerable.Range(0, options.Clients).Select(_ => new LoadClient(http, options.Kind.MakeRequest, Note))];
        var ping = new LoadClient(pingHttp, static () => new HttpRequestMessage(HttpMethod.Get, "/ping"), (time, _) => _lastPing = time);
        Task all = Task.WhenAll([ping.RunAsync(s_pingPause, ends), .. clients.Select(client => client.RunAsync(TimeSpan.Zero, ends))]);
        using var timer = new PeriodicTimer(s_interval);
        try
        {
            long start = Stopwatch.GetTimestamp();
            while (await timer.WaitForNextTickAsync(ends))
            {
                LoadReport report = Report(Stopwatch.GetElapsedTime(start), clients, ping);
                start = Stopwatch.GetTimestamp();
                await output.WriteLineAsync(JsonSerializer.Serialize(report).AsMemory(), ends);
                await output.FlushAsync(ends);
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }

        await all.ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    private HttpClient MakeClient() => new() { BaseAddress = options.Address, Timeout = Timeout.InfiniteTimeSpan };

    private void Note(TimeSpan time, bool isGood)
    {
        lock (_lock)
        {
            if (isGood)
                _latenciesMs.Add(time.TotalMilliseconds);
            else
                _failed++;
        }
    }

    private LoadReport Report(TimeSpan length, LoadClient[] clients, LoadClient ping)
    {
        List<double> latenciesMs;
        long failed;
        lock (_lock)
        {
            (latenciesMs, _latenciesMs) = (_latenciesMs, []);
            failed = _failed;
        }

        latenciesMs.Sort();
        double pingMs = Math.Max(ping.Waiting.TotalMilliseconds, _lastPing.TotalMilliseconds);
        return new LoadReport(
            options.Kind.Name,
            options.Clients,
            Math.Round(latenciesMs.Count / length.TotalSeconds, 1),
            failed,
            Percentile(latenciesMs, 0.5),
            Percentile(latenciesMs, 0.99),
            Math.Round(clients.Max(static client => client.Waiting).TotalMilliseconds, 1),
            Math.Round(pingMs, 1));
    }

    private static double Percentile(List<double> sorted, double share) =>
        sorted.Count == 0 ? 0 : Math.Round(sorted[(int)(share * (sorted.Count - 1))], 1);
}
