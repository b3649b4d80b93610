using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Weft.Benchmarks.Harness;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Requests;

/// <summary>A process with the server of benchmarks/Weft.Benchmarks.Web, which ends when this one does.</summary>
internal sealed partial class WebServer : IDisposable
{
    private const int SigTerm = 15;

    // Kestrel takes a second on a busy machine.
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(20);

    // A tenth of it is two of the ticks that CPU time is counted in.
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);

    private readonly Process _process;

    /// <summary>Starts it, and returns when it listens.</summary>
    /// <exception cref="InvalidOperationException">It did not start.</exception>
    public WebServer(string contender, CpuQuota? quota = null, PostgresCluster? database = null)
    {
        string program = PeerPrograms.PathOf(PeerProgram.Web) is { } path && File.Exists(path)
            ? path
            : throw new InvalidOperationException("Weft.Benchmarks.Web was not built; the runner builds it before it takes samples.");
        ProcessStartInfo command = new(quota is null ? "dotnet" : "sh", Arguments(program, contender, quota))
        {
            // The server ends when its standard input does: see its ParentWatch.
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (database is not null)
            command.Environment["WEFT_BENCHMARK_DATABASE"] = database.Connection;
        _process = Process.Start(command)!;
        Task<string> errors = _process.StandardError.ReadToEndAsync();
        Task<string?> line = _process.StandardOutput.ReadLineAsync();
        if (line.Wait(s_startLimit) && int.TryParse(line.Result, NumberStyles.None, CultureInfo.InvariantCulture, out int port))
        {
            Port = port;
            return;
        }

        _process.Kill();
        string reason = errors.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault("it printed no port");
        Dispose();
        throw new InvalidOperationException($"The server '{contender}' did not start: {reason}");
    }

    /// <summary>Where it listens on the loopback.</summary>
    public int Port { get; }

    /// <summary>CPU time that it has used, to a clock tick of the system: 10 ms.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Its threads.</summary>
    public int Threads => Proc.ThreadsOf(_process.Id);

    /// <summary>Its resident bytes.</summary>
    public double Rss
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    // The shell becomes the program: it is the same process.
    private static string[] Arguments(string program, string contender, CpuQuota? quota) =>
        quota is null ? [program, contender] : ["-c", $"{quota.EnterCommand} && exec dotnet \"$0\" \"$1\"", program, contender];

    /// <summary>Waits until it uses next to no CPU time, at most as long as <paramref name="limit"/>.</summary>
    public void WaitUntilIdle(TimeSpan limit)
    {
        long start = Clock.Now;
        TimeSpan before, now = CpuTime;
        do
        {
            before = now;
            Thread.Sleep(s_look);
            now = CpuTime;
        }
        while (now - before > s_look / 10 && Clock.MillisecondsSince(start) < limit.TotalMilliseconds);
    }

    /// <summary>Asks it to stop, as systemd, Docker and Kubernetes do.</summary>
    public void Terminate()
    {
        if (Kill(_process.Id, SigTerm) != 0)
            throw new InvalidOperationException($"kill failed with error {Marshal.GetLastPInvokeError()}.");
    }

    /// <summary>Waits until it has ended, at most as long as <paramref name="limit"/>.</summary>
    public void WaitForExit(TimeSpan limit) => _process.WaitForExit(limit);

    public void Dispose()
    {
        // It does nothing if the process has ended.
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
