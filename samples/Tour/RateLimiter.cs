using System.Diagnostics;

namespace Weft.Samples.Tour;

/// <summary>
/// A bucket of permits, which is a buffered channel. A ticker puts one in at equal intervals, unless it is full; every request takes one
/// out. So a burst is served at once, and what comes after it at the ticker's pace.
/// </summary>
internal static class RateLimiter
{
    public static async Task<Outcome> TourAsync()
    {
        const int Requests = 30;
        const int Burst = 10;
        var period = TimeSpan.FromMilliseconds(10);
        List<TimeSpan> served = await RunAsync(Requests, Burst, period);
        return new Outcome(
            $"{served.Count} requests served in {served[^1].TotalMilliseconds:N0} ms, "
            + $"{Burst} at once and one each {period.TotalMilliseconds} ms",
            served.Count == Requests && KeepsTheRate(served, Burst, period));
    }

    /// <summary>When each request was served, from the start.</summary>
    public static async Task<List<TimeSpan>> RunAsync(int requests, int burst, TimeSpan period)
    {
        var served = new List<TimeSpan>();
        long start = Stopwatch.GetTimestamp();
        await GoroutineGroup.RunAsync(async group =>
        {
            var permits = new Chan<bool>(burst);
            while (permits.TrySend(true))
            {
            }

            using var ticker = new Ticker(period);
            group.Start(async () =>
            {
                await foreach (TimeSpan late in ticker.Channel) // until the ticker is disposed
                    permits.TrySend(true);
            });
            for (int request = 0; request < requests; request++)
            {
                await permits.ReceiveAsync();
                served.Add(Stopwatch.GetElapsedTime(start));
            }
        });
        return served;
    }

    /// <summary>No request was served before its permit can have been there. One period is allowed for clocks that differ.</summary>
    public static bool KeepsTheRate(List<TimeSpan> served, int burst, TimeSpan period)
    {
        for (int i = burst; i < served.Count; i++)
        {
            if (served[i] < (i - burst) * period)
                return false;
        }

        return true;
    }
}
