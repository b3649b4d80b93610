using System.Diagnostics;

namespace Weft.Runtime.Host;

/// <summary>The clock of timers and time slices.</summary>
internal static class MonotonicClock
{
    internal const long NanosecondsPerMillisecond = 1_000_000;

    private static readonly bool s_ticksAreNanoseconds = Stopwatch.Frequency == 1_000_000_000;

    /// <summary>Nanoseconds since some moment in the past; never goes back.</summary>
    internal static long Now => s_ticksAreNanoseconds
        ? Stopwatch.GetTimestamp()
        : (long)(Stopwatch.GetTimestamp() * (1_000_000_000.0 / Stopwatch.Frequency));

    /// <summary>As many nanoseconds, at least none, and no more than can be added to a time.</summary>
    internal static long Nanoseconds(TimeSpan span) =>
        span.Ticks > long.MaxValue / 200 ? long.MaxValue / 2 : Math.Max(0, span.Ticks) * TimeSpan.NanosecondsPerTick;
}
