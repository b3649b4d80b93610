using System.CommandLine;
using System.Globalization;

namespace Weft.Stress.CommandLine;

/// <summary>The options of the program.</summary>
internal static class StressCommand
{
    /// <summary>What the program ends with when the command line is not understood; 0 is success, 1 a failed scenario.</summary>
    private const int BadCommandLine = 2;

    private const double LongestMinutes = 7 * 24 * 60;

    private static readonly Option<double> s_minutes = new("--minutes")
    {
        Description = "How long in all; fractions and hours are welcome. The scenarios share it.",
        DefaultValueFactory = static _ => 2,
    };

    private static readonly Option<int?> s_seed = new("--seed")
    {
        Description = "Of every random choice; default: one that is drawn, and printed",
    };

    private static readonly Option<bool> s_json =
        new("--json") { Description = "Prints one JSON object on standard output instead of a table" };

    private static readonly Option<string[]> s_scenarios = new("--scenario")
    {
        Description = $"Only this one (can be given several times): {string.Join(", ", StressRun.ScenarioNames)}",
        DefaultValueFactory = static _ => [],
    };

    private static readonly Option<int> s_threads = new("--threads")
    {
        Description = "Scenario threads makes this many, however long that takes; default: as many as its time allows",
        DefaultValueFactory = static _ => 0,
    };

    private static readonly Option<bool> s_repeat = new("--repeat")
    {
        Description = "Scenarios storms and refusals repeat the plan of the seed, instead of going on to the next seed",
    };

    private static readonly Option<int> s_hogs = new("--hogs")
    {
        Description = "Threads beside that do nothing but compute, to take the CPUs away",
        DefaultValueFactory = static _ => 0,
    };

    private static readonly Option<int> s_limit = new("--limit")
    {
        Description = "Seconds without an end after which goroutines count as lost",
        DefaultValueFactory = static _ => 60,
    };

    public static int Invoke(string[] args)
    {
        var root = new RootCommand(
            "Has Weft's threads and goroutines come and go under faults, and checks that nothing is lost and nothing left. "
                + "Ends with 0 when that is so, with 1 when not.");
        foreach (Option option in (Option[])[s_minutes, s_seed, s_json, s_scenarios, s_threads, s_repeat, s_hogs, s_limit])
            root.Options.Add(option);
        root.SetAction(static parsed =>
        {
            StressOptions options = Read(parsed);
            if (FindMistake(parsed, options) is not { } mistake)
                return StressRun.Run(options);
            Console.Error.WriteLine($"Weft.Stress: {mistake}");
            return BadCommandLine;
        });
        ParseResult parsed = root.Parse(args);

        // A handler of the scenario for signals is to see them, not one of the command line.
        int code = parsed.Invoke(new InvocationConfiguration { ProcessTerminationTimeout = null });
        return parsed.Errors.Count > 0 ? BadCommandLine : code;
    }

    private static string? FindMistake(ParseResult parsed, StressOptions options)
    {
        if (!(parsed.GetValue(s_minutes) is > 0 and <= LongestMinutes))
            return string.Create(CultureInfo.InvariantCulture, $"--minutes must be more than 0 and at most {LongestMinutes}.");
        string? unknown = options.Scenarios.FirstOrDefault(static name => !StressRun.ScenarioNames.Contains(name));
        if (unknown is not null)
            return $"--scenario: there is no '{unknown}', only {string.Join(", ", StressRun.ScenarioNames)}.";
        if (options.Threads < 0 || options.Hogs is < 0 or > 1_000)
            return "--threads must not be negative, and --hogs must be 0 to 1,000.";
        return options.Limit <= TimeSpan.Zero ? "--limit must be more than 0." : null;
    }

    private static StressOptions Read(ParseResult parsed) => new()
    {
        Duration = TimeSpan.FromMinutes(Math.Clamp(parsed.GetValue(s_minutes), 0, LongestMinutes)),
        Seed = parsed.GetValue(s_seed) ?? Random.Shared.Next(),
        Json = parsed.GetValue(s_json),
        Scenarios = parsed.GetValue(s_scenarios) ?? [],
        Threads = parsed.GetValue(s_threads),
        Repeat = parsed.GetValue(s_repeat),
        Hogs = parsed.GetValue(s_hogs),
        Limit = TimeSpan.FromSeconds(parsed.GetValue(s_limit)),
    };
}
