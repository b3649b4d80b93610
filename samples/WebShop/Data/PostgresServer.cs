using System.Diagnostics;

namespace Weft.Samples.WebShop.Data;

/// <summary>A PostgreSQL of the shop's own, which the script <c>postgres</c> runs until its standard input ends.</summary>
internal sealed class PostgresServer : IDisposable
{
    private readonly Process _script;

    private PostgresServer(Process script, string connection)
    {
        _script = script;
        Connection = connection;
    }

    public string Connection { get; }

    /// <exception cref="IOException">There is none, or it does not start; the script has said why.</exception>
    public static PostgresServer Start()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "postgres");
        Process script = Process.Start(new ProcessStartInfo("bash", [path])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        }) ?? throw new IOException($"{path} did not start.");
        if (script.StandardOutput.ReadLine() is { Length: > 0 } connection)
            return new PostgresServer(script, connection);
        script.WaitForExit();
        script.Dispose();
        throw new IOException("PostgreSQL did not start. Install it (apt-get install postgresql), or name one with --connection.");
    }

    public void Dispose()
    {
        _script.StandardInput.Close();
        _script.WaitForExit();
        _script.Dispose();
    }
}
