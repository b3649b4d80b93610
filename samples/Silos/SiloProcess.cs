using System.Diagnostics;
using System.Globalization;

namespace Weft.Samples.Silos;

/// <summary>A silo as the process that started it sees it.</summary>
internal sealed class SiloProcess : IDisposable
{
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);

    // A silo waits four seconds for what does not end (SiloHost); the rest is for a busy machine.
    private static readonly TimeSpan s_stopLimit = TimeSpan.FromSeconds(12);

    private readonly int _number;
    private readonly Process _process;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _mostPoolThreads;
    private int _mostWeftThreads;
    private string? _end; // null while nobody has ended it

    private SiloProcess(int number, Process process)
    {
        _number = number;
        _process = process;
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.BeginOutputReadLine();
    }

    /// <summary>Starts a silo, and waits until it has joined the others.</summary>
    /// <exception cref="InvalidOperationException">It ended, or is not ready in time.</exception>
    public static async Task<SiloProcess> StartAsync(int number, SiloSettings settings)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(typeof(SiloProcess).Assembly.Location);
        start.ArgumentList.Add(Program.SiloCommand);
        start.ArgumentList.Add(settings.ToText());
        var silo = new SiloProcess(number, Process.Start(start) ?? throw new InvalidOperationException("The silo did not start."));
        try
        {
            await silo._ready.Task.WaitAsync(s_startLimit);
            return silo;
        }
        catch (TimeoutException)
        {
            silo.Dispose();
            throw new InvalidOperationException($"silo {number} is not ready after {s_startLimit.TotalSeconds} s; --verbose says more");
        }
    }

    /// <summary>Ends it at once, as a crash does.</summary>
    public void Kill()
    {
        _end = "killed under load";
        _process.Kill();
    }

    /// <summary>Has it stop, and kills it if it does not.</summary>
    public async Task StopAsync()
    {
        long start = Stopwatch.GetTimestamp();
        bool isKilled = _end is not null;
        if (!isKilled && _process.HasExited)
        {
            _end = "ended under load by itself, as a silo does that the others took for dead";
            return;
        }

        try
        {
            _process.StandardInput.Close();
            using var limit = new CancellationTokenSource(s_stopLimit);
            await _process.WaitForExitAsync(limit.Token);
            if (!isKilled)
                _end = string.Create(CultureInfo.InvariantCulture, $"stopped in {Stopwatch.GetElapsedTime(start).TotalSeconds:N1} s");
        }
        catch (OperationCanceledException)
        {
            _end = $"killed, as it did not stop in {s_stopLimit.TotalSeconds} s";
            _process.Kill();
            await _process.WaitForExitAsync();
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    public override string ToString() =>
        $"silo {_number}: {_end}; at most {_mostPoolThreads} threads of the pool, {_mostWeftThreads} of Weft";

    private void Hear(string? line)
    {
        switch (line?.Split(' '))
        {
            case null:
                _ready.TrySetException(new InvalidOperationException($"silo {_number} ended before it was ready; --verbose says more"));
                break;
            case [SiloHost.Ready]:
                _ready.TrySetResult();
                break;
            case [SiloHost.Threads, string pool, string weft]:
                _mostPoolThreads = Math.Max(_mostPoolThreads, int.Parse(pool, CultureInfo.InvariantCulture));
                _mostWeftThreads = Math.Max(_mostWeftThreads, int.Parse(weft, CultureInfo.InvariantCulture));
                break;
        }
    }
}
