using System.Diagnostics;

namespace Weft.Samples.WebShop.Load;

/// <summary>A client that asks again and again.</summary>
internal sealed class LoadClient(HttpClient http, Func<HttpRequestMessage> makeRequest, Action<TimeSpan, bool> atAnswer)
{
    // A shop that refuses is not asked at once again.
    private static readonly TimeSpan s_pauseAfterFailure = TimeSpan.FromMilliseconds(100);

    // The timestamp of the request that is not answered; 0 between two.
    private long _asked;

    /// <summary>For how long it has waited by now.</summary>
    public TimeSpan Waiting => Volatile.Read(ref _asked) is not 0 and long asked ? Stopwatch.GetElapsedTime(asked) : TimeSpan.Zero;

    public async Task RunAsync(TimeSpan pause, CancellationToken ends)
    {
        while (true)
        {
            long start = Stopwatch.GetTimestamp();
            Volatile.Write(ref _asked, start);
            bool isGood = await AskAsync(ends);
            Volatile.Write(ref _asked, 0);
            atAnswer(Stopwatch.GetElapsedTime(start), isGood);
            TimeSpan rest = isGood ? pause : s_pauseAfterFailure;
            if (rest > TimeSpan.Zero)
                await Task.Delay(rest, ends);
        }
    }

    private async Task<bool> AskAsync(CancellationToken ends)
    {
        try
        {
            using HttpRequestMessage request = makeRequest();
            using HttpResponseMessage response = await http.SendAsync(request, ends);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
