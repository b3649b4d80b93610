using System.Globalization;
using Weft.Samples.WebShop.Modes;

namespace Weft.Samples.WebShop;

/// <summary>The command line.</summary>
internal sealed record Options
{
    public const string Usage = """
        usage: WebShop [--mode pool|guard|goroutines] [--database sqlite|postgres] [--connection STRING] [--latency MS] [--port N]
               WebShop load URL KIND CLIENTS

          --mode        what it does about blocking at first; default pool, which is nothing
          --database    sqlite, in a temporary file, or postgres, Debian's, started for as long as the shop runs; default sqlite
          --connection  an empty PostgreSQL database that is there already
          --latency     what the network adds to each query, in ms, 0 to 10000; default 50
          --port        HTTP is there, gRPC at the next, the page at the one after; 0 for free ones; default 5000
          --while-input ends when the standard input does

          load          asks a shop as CLIENTS clients at once until the standard input ends
        """;

    // Another machine's database, with its network.
    private const int DefaultLatencyMs = 50;
    private const int MaxLatencyMs = 10_000;

    private const int DefaultPort = 5000;

    /// <summary>The ports after the first that the shop uses.</summary>
    private const int MorePorts = 2;

    public Mode Mode { get; private init; } = Mode.Pool;

    public bool Postgres { get; private init; }

    /// <summary>Of a database that is there already; null to start one.</summary>
    public string? Connection { get; private init; }

    public TimeSpan Latency { get; private init; } = TimeSpan.FromMilliseconds(DefaultLatencyMs);

    public int Port { get; private init; } = DefaultPort;

    public bool WhileInput { get; private init; }

    public bool Help { get; private init; }

    /// <summary>Reads the command line; null, with one line that says why, when it makes no sense.</summary>
    public static Options? Parse(string[] args, out string error)
    {
        var options = new Options();
        error = "";
        for (int i = 0; i < args.Length && error.Length == 0; i++)
        {
            switch (args[i])
            {
                case "--help" or "-h":
                    options = options with { Help = true };
                    break;
                case "--while-input":
                    options = options with { WhileInput = true };
                    break;
                case "--mode":
                    options = options with { Mode = ModeOf(Value(args, ref i), ref error) };
                    break;
                case "--database":
                    options = options with { Postgres = IsPostgres(Value(args, ref i), ref error) };
                    break;
                case "--connection":
                    options = options with { Connection = Value(args, ref i) };
                    break;
                case "--latency":
                    int latency = Number(args, ref i, MaxLatencyMs, ref error);
                    options = options with { Latency = TimeSpan.FromMilliseconds(latency) };
                    break;
                case "--port":
                    options = options with { Port = Number(args, ref i, ushort.MaxValue - MorePorts, ref error) };
                    break;
                default:
                    error = $"unknown option {args[i]}";
                    break;
            }
        }

        if (error.Length == 0 && options.Connection is "nothing" or "")
            error = "--connection takes a connection string, not nothing";
        if (error.Length == 0 && options is { Connection: not null, Postgres: false })
            error = "--connection is for --database postgres";
        return error.Length == 0 ? options : null;
    }

    private static string Value(string[] args, ref int i) => ++i < args.Length ? args[i] : "nothing";

    private static int Number(string[] args, ref int i, int most, ref string error)
    {
        string option = args[i];
        string text = Value(args, ref i);
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number > most)
            error = $"{option} takes a number from 0 to {most}, not {text}";
        return number;
    }

    private static Mode ModeOf(string text, ref string error)
    {
        if (!ModeNames.TryParse(text, out Mode mode))
            error = $"--mode takes {ModeNames.All}, not {text}";
        return mode;
    }

    private static bool IsPostgres(string text, ref string error)
    {
        if (text is not ("sqlite" or "postgres"))
            error = $"--database takes sqlite or postgres, not {text}";
        return text == "postgres";
    }
}
