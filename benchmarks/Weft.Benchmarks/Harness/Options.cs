using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Weft.Benchmarks.Harness;

/// <summary>The command line.</summary>
internal sealed record Options
{
    public const string Usage = """
        usage: Weft.Benchmarks [--filter NAME[,NAME...]] [--rounds N] [--quick] [--json FILE] [--markdown FILE] [--list]

          --filter NAME     a benchmark's whole name, or a part of several names
          --rounds N        samples of each contender, 1 to 100; medians are reported (default 5)
          --quick           one round, small counts, slow benchmarks left out: a look, not a measurement
          --json FILE       write the report as JSON
          --markdown FILE   write the report as Markdown, as printed
          --list            name the benchmarks
        """;

    private const int DefaultRounds = 5;

    public IReadOnlyList<IBenchmark> Selected { get; init; } = Catalog.All;

    public int Rounds { get; init; } = DefaultRounds;

    public bool Quick { get; init; }

    public string? Json { get; init; }

    public string? Markdown { get; init; }

    public bool List { get; init; }

    public bool Help { get; init; }

    /// <summary>The benchmark to take one sample of; for child processes only.</summary>
    public string? Child { get; init; }

    /// <summary>The contender to take it of.</summary>
    public string Contender { get; init; } = "";

    /// <summary>Processors in it.</summary>
    public int Procs { get; init; } = 1;

    public static bool TryParse(string[] args, out Options options, out string error)
    {
        options = new Options();
        error = "";
        for (int i = 0; i < args.Length && error.Length == 0; i++)
        {
            string name = args[i];
            string? value = i + 1 < args.Length ? args[i + 1] : null;
            if (options.TryFlag(name, out Options? flagged))
                options = flagged;
            else if (!name.StartsWith("--", StringComparison.Ordinal))
                error = $"'{name}' is no option; --help names them.";
            else if (value is null)
                error = $"{name} is no option, or lacks its value; --help names them.";
            else
            {
                options = options.WithValue(name, value, out error);
                i++;
            }
        }

        return error.Length == 0;
    }

    private bool TryFlag(string name, [NotNullWhen(true)] out Options? changed)
    {
        changed = name switch
        {
            "--list" => this with { List = true },
            "--quick" => this with { Quick = true, Rounds = 1 },
            "--help" or "-h" => this with { Help = true },
            _ => null,
        };
        return changed is not null;
    }

    private Options WithValue(string name, string value, out string error)
    {
        error = "";
        switch (name)
        {
            case "--json":
                return this with { Json = value };
            case "--markdown":
                return this with { Markdown = value };
            case "--child":
                return this with { Child = value };
            case "--contender":
                return this with { Contender = value };
            case "--procs" when TryNumber(value, Scheduler.MaxProcsLimit, out int procs):
                return this with { Procs = procs };
            case "--rounds" when TryNumber(value, 100, out int rounds):
                return this with { Rounds = rounds };
            case "--filter" when Catalog.Find(value) is { Count: > 0 } found:
                return this with { Selected = found };
            case "--filter":
                error = $"No benchmark is called '{value}'; --list names them.";
                return this;
            case "--procs" or "--rounds":
                error = $"{name} wants a number of at least 1, not '{value}'.";
                return this;
            default:
                error = $"{name} is no option; --help names them.";
                return this;
        }
    }

    private static bool TryNumber(string text, int max, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= 1 && number <= max;
}
