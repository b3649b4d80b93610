using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Weft.Benchmarks.Measure;

/// <summary>Time, in the units of the figures.</summary>
internal static partial class Clock
{
    private const int ProcessCpuTimeId = 2;

    public static long Now => Stopwatch.GetTimestamp();

    /// <summary>A time span in the unit of <see cref="Now"/>.</summary>
    public static long Ticks(TimeSpan span) => (long)(span.TotalSeconds * Stopwatch.Frequency);

    public static double MillisecondsSince(long start) => Stopwatch.GetElapsedTime(start).TotalMilliseconds;

    public static double MicrosecondsSince(long start) => Stopwatch.GetElapsedTime(start).TotalMicroseconds;

    public static double NanosecondsSince(long start) => Stopwatch.GetElapsedTime(start).TotalNanoseconds;

    /// <summary>The process's CPU time to the nanosecond; what .NET offers counts ticks of 10 ms.</summary>
    public static TimeSpan CpuTime()
    {
        if (ClockGetTime(ProcessCpuTimeId, out Timespec time) != 0)
            throw new InvalidOperationException($"clock_gettime failed with error {Marshal.GetLastPInvokeError()}.");
        return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1e3);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int ClockGetTime(int clock, out Timespec time);

    private struct Timespec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
