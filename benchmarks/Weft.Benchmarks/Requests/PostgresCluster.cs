using System.Diagnostics;

namespace Weft.Benchmarks.Requests;

/// <summary>A PostgreSQL cluster in a temporary directory, made by the web shop's script, which removes it when this is disposed.</summary>
internal sealed class PostgresCluster : IDisposable
{
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_stopLimit = TimeSpan.FromSeconds(20);

    private readonly Process _script;

    private PostgresCluster(Process script, string connection)
    {
        _script = script;
        Connection = connection;
    }

    /// <summary>What a client of it is to know.</summary>
    public string Connection { get; }

    /// <summary>Makes one, and returns when it accepts connections.</summary>
    /// <param name="reason">Why there is none.</param>
    public static PostgresCluster? TryStart(out string reason)
    {
        reason = "the script samples/WebShop/postgres was not found";
        if (FindScript() is not { } script)
            return null;
        ProcessStartInfo command = new("bash", [script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(command)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string?> line = process.StandardOutput.ReadLineAsync();
        if (line.Wait(s_startLimit) && line.Result is { Length: > 0 } connection)
            return new PostgresCluster(process, connection);
        process.StandardInput.Close();
        process.WaitForExit(s_stopLimit);
        process.Dispose();
        reason = errors.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault("it did not start within a minute");
        return null;
    }

    public void Dispose()
    {
        _script.StandardInput.Close();
        if (!_script.WaitForExit(s_stopLimit))
            _script.Kill();
        _script.Dispose();
    }

    /// <summary>Looks upwards from the program.</summary>
    private static string? FindScript()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string script = Path.Combine(at.FullName, "samples", "WebShop", "postgres");
            if (File.Exists(script))
                return script;
        }

        return null;
    }
}
