using System.ComponentModel;
using System.Diagnostics;

namespace Weft.Benchmarks.Requests;

/// <summary>Clients that each ask again as soon as they have their answer.</summary>
internal static class Load
{
    private static readonly TimeSpan s_length = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_quickLength = TimeSpan.FromSeconds(1);

    // 256 requests that compute for 5 ms each take a second. Who is not idle by then is starving.
    private static readonly TimeSpan s_idleLimit = TimeSpan.FromSeconds(5);

    // Longer than a load lasts: wrk leaves answers that come later out of its quantiles.
    private const int TimeoutSeconds = 5;

    /// <summary>How long a load lasts before it is measured. Seconds are whole: wrk knows no others.</summary>
    public static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    /// <summary>How long the measured load lasts.</summary>
    public static TimeSpan LengthOf(bool quick) => quick ? s_quickLength : s_length;

    /// <summary>
    /// Runs a load that is not measured, and waits until the server has done what its clients no longer wait for, which the next load would
    /// wait for instead.
    /// </summary>
    public static void RunWarmUp(WebServer server, string path, int connections, TimeSpan length)
    {
        Run(server.Port, path, connections, length);
        server.WaitUntilIdle(s_idleLimit);
    }

    /// <summary>Runs wrk, or, where it is not on PATH, clients in this process. Blocks the calling thread meanwhile.</summary>
    public static LoadResult Run(int port, string path, int connections, TimeSpan length) =>
        TryWrk(port, path, connections, length) ?? ClosedLoop.Run(port, path, connections, length);

    private static LoadResult? TryWrk(int port, string path, int connections, TimeSpan length)
    {
        int threads = Math.Min(Environment.ProcessorCount, connections);
        string arguments = $"--latency --timeout {TimeoutSeconds}s -t{threads} -c{connections} -d{(int)length.TotalSeconds}s";
        ProcessStartInfo command = new("wrk", $"{arguments} http://127.0.0.1:{port}{path}") { RedirectStandardOutput = true };
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
