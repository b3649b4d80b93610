using System.ComponentModel;
using System.Diagnostics;

namespace Weft.Benchmarks.Requests;

/// <summary>Clients that each ask again as soon as they have their answer.</summary>
internal static class Load
{
    private static readonly TimeSpan s_length = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_quickLength = TimeSpan.FromSeconds(1);

    // Longer than a load lasts: wrk leaves answers that come later out of its quantiles.
    private const int TimeoutSeconds = 5;

    /// <summary>How long a load lasts before it is measured. Seconds are whole: wrk knows no others.</summary>
    public static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    /// <summary>How long the measured load lasts.</summary>
    public static TimeSpan LengthOf(bool quick) => quick ? s_quickLength : s_length;

    /// <summary>Runs wrk, or, where it is not on PATH, clients in this process. Blocks the calling thread meanwhile.</summary>
    public static LoadResult Run(int port, string path, int connections, TimeSpan length) =>
        TryWrk(port, path, connections, length) ?? ClosedLoop.Run(port, path, connections, length);

    private static LoadResult? TryWrk(int port, string path, int connections, TimeSpan length)
    {
        int threads = Math.Min(Environment.ProcessorCount, connections);
        ProcessStartInfo command = new(
            "wrk",
            $"--latency --timeout {TimeoutSeconds}s -t{threads} -c{connections} -d{(int)length.TotalSeconds}s "
            + $"http://127.0.0.1:{port}{path}")
        {
            RedirectStandardOutput = true,
        };
        try
        {
            using Process wrk = Process.Start(command)!;
            string report = wrk.StandardOutput.ReadToEnd();
            wrk.WaitForExit();
            return WrkReport.Parse(report);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
