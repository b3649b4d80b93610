namespace Weft.Benchmarks.Measure;

/// <summary>Waits for a scheduler's threads to be gone.</summary>
internal static class Settling
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Returns after how many seconds no thread carried the scheduler's name; a little more than <paramref name="limit"/> when some still
    /// do.
    /// </summary>
    public static double Wait(string schedulerName, TimeSpan limit)
    {
        long start = Clock.Now;
        while (Proc.ThreadsNamed(schedulerName + "-") > 0 && Clock.MillisecondsSince(start) < limit.TotalMilliseconds)
            Thread.Sleep(s_interval);
        return Clock.MillisecondsSince(start) / 1000;
    }
}
