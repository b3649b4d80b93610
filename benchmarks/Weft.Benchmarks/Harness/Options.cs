using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Weft.Benchmarks.Harness;

/// <summary>The command line.</summary>
internal sealed record Options
{
    public const string Usage = """
        usage: Weft.Benchmarks [--all | --filter NAME[,NAME...]] [--rounds N] [--quick] [--json FILE] [--markdown FILE] [--list]

        Without --all and --filter it measures what the README states.

          --all             everything else, too: all benchmarks, at all their numbers of processors
          --filter NAME     a benchmark's whole name, or a part of several names; at all their numbers
                            of processors
          --rounds N        samples of each contender, 1 to 100 (default 5); medians are reported,
                            with the least and the greatest. The README takes no fewer than 5
          --quick           one round, small counts, slow benchmarks left out: a look, not a measurement
          --json FILE       write the report as JSON
          --markdown FILE   write the report as Markdown, as printed
          --list            name the benchmarks, each with its numbers of processors in this run, - for none
        """;

    // The least of which a median leaves out two on either side.
    private const int DefaultRounds = 5;

    // A hundred take the better part of a day.
    private const int MaxRounds = 100;

    public IReadOnlyList<IBenchmark> Selected { get; init; } = Catalog.All;

    /// <summary>Whether what the README does not state is measured, too.</summary>
    public bool All { get; init; }

    public int Rounds => AskedRounds ?? (Quick ? 1 : DefaultRounds);

    public int? AskedRounds { get; init; }

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
                error = IsValued(name) ? $"{name} lacks its value; --help says which." : $"{name} is no option; --help names them.";
            else
            {
                options = options.WithValue(name, value, out error);
                i++;
            }
        }

        if (error.Length == 0)
            error = options.FindBadFile() ?? options.FindBadChild() ?? "";
        return error.Length == 0;
    }

    /// <summary>At which numbers of processors this run measures a benchmark; none: not at all.</summary>
    public IReadOnlyList<int> ProcsOf(IBenchmark benchmark) => All ? benchmark.Procs : benchmark.StatedProcs;

    private static bool IsValued(string name) =>
        name is "--filter" or "--rounds" or "--json" or "--markdown" or "--child" or "--contender" or "--procs";

    /// <summary>Why a report cannot be written where it is to go, or null: better said now than after the measurements.</summary>
    private string? FindBadFile()
    {
        foreach ((string name, string? file) in (ReadOnlySpan<(string, string?)>)[("--json", Json), ("--markdown", Markdown)])
        {
            if (file is null)
                continue;
            if (file.Length == 0 || Directory.Exists(file))
                return $"{name} wants a file, not '{file}'.";
            if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } directory && !Directory.Exists(directory))
                return $"{name}: there is no directory '{directory}'.";
        }

        return null;
    }

    private string? FindBadChild()
    {
        if (Child is null)
            return null;
        if (Catalog.All.FirstOrDefault(benchmark => benchmark.Name == Child) is not { } benchmark)
            return $"No benchmark is called '{Child}'; --list names them.";
        return benchmark.Contenders.Any(contender => contender.Name == Contender && contender.Body is not null)
            ? null
            : $"{Child} has no contender '{Contender}' that runs in a process of this program.";
    }

    private bool TryFlag(string name, [NotNullWhen(true)] out Options? changed)
    {
        changed = name switch
        {
            "--all" => this with { All = true },
            "--list" => this with { List = true },
            "--quick" => this with { Quick = true },
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
            case "--rounds" when TryNumber(value, MaxRounds, out int rounds):
                return this with { AskedRounds = rounds };
            case "--filter" when Catalog.Find(value) is { Count: > 0 } found:
                // What is named is wanted, stated or not.
                return this with { Selected = found, All = true };
            case "--filter":
                error = $"No benchmark is called '{value}'; --list names them.";
                return this;
            case "--procs" or "--rounds":
                error =
                    $"{name} wants a whole number from 1 to {(name == "--rounds" ? MaxRounds : Scheduler.MaxProcsLimit)}, not '{value}'.";
                return this;
            default:
                error = $"{name} is no option; --help names them.";
                return this;
        }
    }

    private static bool TryNumber(string text, int max, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= 1 && number <= max;
}
