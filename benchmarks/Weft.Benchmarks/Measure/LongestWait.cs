namespace Weft.Benchmarks.Measure;

/// <summary>The longest of many waits.</summary>
internal sealed class LongestWait
{
    private long _ticks;

    public double Milliseconds => _ticks * 1e3 / System.Diagnostics.Stopwatch.Frequency;

    /// <summary>A wait that began then is over. Any thread.</summary>
    public void Note(long start)
    {
        long ticks = Clock.Now - start;
        long longest = Volatile.Read(ref _ticks);
        while (ticks > longest)
        {
            long seen = Interlocked.CompareExchange(ref _ticks, ticks, longest);
            if (seen == longest)
                return;
            longest = seen;
        }
    }
}
