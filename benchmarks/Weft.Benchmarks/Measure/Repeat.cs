namespace Weft.Benchmarks.Measure;

/// <summary>Warm up, then measure.</summary>
internal static class Repeat
{
    // Tier-0 code is compiled again 100 ms after the last new method was called 30 times, instrumented code once more later: the pauses
    // let the background compiler do that, on machines where the benchmark takes all CPUs.
    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(120);
    private const int Pauses = 2;
    private const int Repetitions = 7;

    /// <summary>The median of what some calls of <paramref name="body"/> measure, after it is warm.</summary>
    public static double Median(Func<double> body)
    {
        for (int pause = 0; pause < Pauses; pause++)
        {
            for (long start = Clock.Now; Clock.MillisecondsSince(start) < s_warmUp.TotalMilliseconds / Pauses;)
                body();
            Thread.Sleep(s_pause);
        }

        return Percentile.Median([.. Enumerable.Range(0, Repetitions).Select(_ => body())]);
    }
}
