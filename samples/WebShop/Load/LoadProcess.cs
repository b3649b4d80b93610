using System.Diagnostics;
using System.Text.Json;

namespace Weft.Samples.WebShop.Load;

/// <summary>The load that the page makes: this program once more, in a process of its own, read by a thread of its own.</summary>
internal sealed class LoadProcess : IDisposable
{
    private readonly Lock _lock = new();
    private Process? _process;
    private volatile LoadReport? _report;

    /// <summary>What the clients said last; null while there are none.</summary>
    public LoadReport? Report => _report;

    /// <summary>Starts a load, instead of the one there is.</summary>
    public void Start(LoadOptions options)
    {
        lock (_lock)
        {
            End();
            string[] arguments = ["load", options.Address.ToString(), options.Kind.Name, $"{options.Clients}"];
            _process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. DllIfHosted(), .. arguments])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
            _report = new LoadReport(options.Kind.Name, options.Clients, 0, 0, 0, 0, 0, 0);
            StreamReader output = _process.StandardOutput;
            Process process = _process;
            new Thread(() => Read(process, output)) { IsBackground = true, Name = "load-reader" }.Start();
        }
    }

    public void Stop()
    {
        lock (_lock)
            End();
    }

    public void Dispose() => Stop();

    // Where the program was started as "dotnet WebShop.dll", the process is dotnet's.
    private static string[] DllIfHosted() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(LoadProcess).Assembly.Location] : [];

    private void End()
    {
        if (_process is not { } process)
            return;
        (_process, _report) = (null, null);
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    private void Read(Process process, StreamReader output)
    {
        while (output.ReadLine() is { } line)
        {
            LoadReport? report = JsonSerializer.Deserialize<LoadReport>(line);
            lock (_lock)
            {
                if (_process == process)
                    _report = report;
            }
        }
    }
}
