using System.Globalization;

namespace Weft.Samples.Silos;

/// <summary>The command line.</summary>
internal sealed record Options
{
    public const string Usage = """
        usage: Silos [--mode inline|guard|goroutine] [--work blocking|sync-over-async|hanging] [OPTION...]

          --mode MODE           how a grain calls code that blocks: inline, on its turn; guard, the same with a guarded pool;
                                goroutine, by RunBlocking, which is the default
          --work WORK           what that code does: blocking, for a time, which is the default; sync-over-async, for the result
                                of an async method; hanging, for ever
          --block-ms N          how long it blocks, 0 to 60000; default 50
          --callers N           how many callers there are, each with one call at a time, 1 to 10000; default 200
          --seconds N           how long they call, 1 to 3600; default 10
          --timeout N           seconds after which a call counts as failed, 1 to 600; default 5
          --kill none|1|2|3     the silo that is killed after half of the time; default 3
          --clustering WHERE    who keeps the list of silos: localhost, the first silo, which is the default; redis; postgres
          --connection TEXT     the connection string of Redis, or of a PostgreSQL database that has Orleans' tables: run
                                PostgreSQL-Main.sql and PostgreSQL-Clustering.sql of Orleans' sources in it first
          --verbose             show what the silos warn of
        """;

    public Mode Mode { get; private init; } = Mode.Goroutine;

    public Work Work { get; private init; } = Work.Blocking;

    public TimeSpan Block { get; private init; } = TimeSpan.FromMilliseconds(50);

    public int Callers { get; private init; } = 200;

    public TimeSpan Duration { get; private init; } = TimeSpan.FromSeconds(10);

    public TimeSpan Timeout { get; private init; } = TimeSpan.FromSeconds(5);

    /// <summary>The number of the silo that is killed; zero for none.</summary>
    public int Kill { get; private init; } = Cluster.Silos;

    public Clustering Clustering { get; private init; } = Clustering.Localhost;

    public string? Connection { get; private init; }

    public bool Verbose { get; private init; }

    public bool Help { get; private init; }

    /// <summary>Reads the command line; null, with one line that says why, when it makes no sense.</summary>
    public static Options? Parse(string[] args, out string error)
    {
        try
        {
            error = "";
            return Check(Read(args));
        }
        catch (FormatException e)
        {
            error = e.Message;
            return null;
        }
    }

    private static Options Read(string[] args)
    {
        var options = new Options();
        for (int i = 0; i < args.Length; i++)
        {
            string name = args[i];
            string Value() => ++i < args.Length ? args[i] : "nothing";
            options = name switch
            {
                "--help" or "-h" => options with { Help = true },
                "--verbose" => options with { Verbose = true },
                "--mode" => options with { Mode = Choice<Mode>(name, Value()) },
                "--work" => options with { Work = Choice<Work>(name, Value()) },
                "--clustering" => options with { Clustering = Choice<Clustering>(name, Value()) },
                "--connection" => options with { Connection = Value() },
                "--block-ms" => options with { Block = TimeSpan.FromMilliseconds(Number(name, Value(), 0, 60_000)) },
                "--callers" => options with { Callers = Number(name, Value(), 1, 10_000) },
                "--seconds" => options with { Duration = TimeSpan.FromSeconds(Number(name, Value(), 1, 3_600)) },
                "--timeout" => options with { Timeout = TimeSpan.FromSeconds(Number(name, Value(), 1, 600)) },
                "--kill" => options with { Kill = Victim(Value()) },
                ['-', ..] => throw new FormatException($"unknown option {name}"),
                _ => throw new FormatException($"what is {name}? Everything is said by options"),
            };
        }

        return options;
    }

    private static Options Check(Options options)
    {
        if (options.Help)
            return options;
        if (options.Clustering == Clustering.Localhost && options.Connection is not null)
            throw new FormatException("--connection is for --clustering redis or postgres");
        if (options.Clustering != Clustering.Localhost && options.Connection is null)
            throw new FormatException($"--clustering {Name(options.Clustering)} needs --connection");
        if (options.Clustering == Clustering.Localhost && options.Kill == 1)
            throw new FormatException("silo 1 keeps the list of silos: kill 2 or 3, or have redis or postgres keep it");
        return options;
    }

    private static int Number(string option, string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most
            ? number
            : throw new FormatException($"{option} takes a number from {least} to {most}, not {text}");

    private static int Victim(string text) => text switch
    {
        "none" => 0,
        "1" or "2" or "3" => text[0] - '0',
        _ => throw new FormatException($"--kill takes none, 1, 2 or 3, not {text}"),
    };

    private static T Choice<T>(string option, string text)
        where T : struct, Enum
    {
        T[] values = Enum.GetValues<T>();
        int index = Array.FindIndex(values, value => Name(value) == text);
        return index >= 0
            ? values[index]
            : throw new FormatException($"{option} takes {string.Join(", ", values[..^1].Select(Name))} or {Name(values[^1])}, not {text}");
    }

    /// <summary>A value as it is written on the command line.</summary>
    public static string Name<T>(T value)
        where T : struct, Enum =>
        value is Silos.Work.SyncOverAsync ? "sync-over-async" : value.ToString().ToLowerInvariant();
}
