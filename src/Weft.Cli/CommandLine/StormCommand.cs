using System.CommandLine;
using Weft.Cli.Storm;

namespace Weft.Cli.CommandLine;

/// <summary>The options of <c>weft storm</c>.</summary>
internal static class StormCommand
{
    private static readonly Duration s_noTime = new(TimeSpan.Zero);

    private static readonly Option<int> s_goroutines =
        Options.Integer("--goroutines", "Goroutines that block at once in each burst", 1_000, 1, 1_000_000);

    private static readonly Option<Duration> s_block = Options.Time(
        "--block",
        "How long each blocks; kind file takes as long as it takes",
        new(TimeSpan.FromMilliseconds(100)),
        new(TimeSpan.FromMilliseconds(1)),
        new(TimeSpan.FromMinutes(60)));

    private static readonly Option<string?> s_kind = Options.Choice(
        "--kind",
        "What they block in: sleep in Thread.Sleep; lock in a lock that is held until --block has passed; "
            + "read in read(2) on a pipe that is written when --block has passed; "
            + "file in reading and hashing every file below --path, as many files at once as there are goroutines",
        "sleep",
        StormOptions.KindNames);

    private static readonly Option<string?> s_path = new("--path") { Description = "The directory for kind file", HelpName = "directory" };

    private static readonly Option<int> s_rounds = Options.Integer("--rounds", "Bursts, one right after the other", 1, 1, 10_000);

    private static readonly Option<int> s_procs = Options.Integer(
        "--procs",
        "Goroutines that may run at the same time; default: the CPUs this process may use",
        new SchedulerOptions().MaxProcs,
        1,
        Scheduler.MaxProcsLimit);

    private static readonly Option<int> s_maxThreads = Options.Integer(
        "--max-threads",
        "Threads the scheduler may have at once; work waits when it has them all",
        new SchedulerOptions().MaxThreads,
        4,
        1_000_000);

    private static readonly Option<string?> s_versus = Options.Choice(
        "--vs",
        "Does the same work with Task.Run afterwards, in a child process, and compares; its ThreadPool makes --procs threads "
            + "without delay, and has --max-threads at most",
        null,
        "threadpool");

    private static readonly Option<Duration> s_settle = Options.Time(
        "--settle",
        "The longest wait, after the last burst, for every thread to be gone",
        new(TimeSpan.FromSeconds(10)),
        s_noTime,
        new(TimeSpan.FromMinutes(60)));

    private static readonly Option<bool> s_json = new("--json") { Description = "Prints one JSON object instead of a table" };

    private static readonly Option<string?> s_engine = Options.Choice("--engine", "Who runs the work", "weft", StormOptions.EngineNames);

    public static Command Build()
    {
        s_engine.Hidden = true;
        var command = new Command(
            "storm",
            "Starts many goroutines that all block at once, and shows the threads that this takes come and go. "
                + "Ends with 0 when nothing was lost and every thread was gone again, with 1 when not.");
        Option[] options =
            [s_goroutines, s_block, s_kind, s_path, s_rounds, s_procs, s_maxThreads, s_versus, s_settle, s_json, s_engine];
        foreach (Option option in options)
            command.Options.Add(option);
        command.SetAction(parsed =>
        {
            StormOptions options = Read(parsed);
            return FindConflict(options) is { } conflict ? WeftCommand.Refuse("weft storm", conflict) : StormProgram.Run(options);
        });
        return command;
    }

    /// <summary>What is wrong with options that are right one by one, or null.</summary>
    private static string? FindConflict(StormOptions options)
    {
        bool file = options.Kind == StormKind.File;
        if (options.Kind == StormKind.Read && OperatingSystem.IsWindows())
            return "--kind read needs a system with read(2)";
        if (file && options.Path is null)
            return "--kind file needs --path, the directory whose files are to be hashed";
        if (!file && options.Path is not null)
            return "--path is for --kind file only";
        return file && !Directory.Exists(options.Path) ? $"--path: there is no directory '{options.Path}'" : null;
    }

    private static StormOptions Read(ParseResult parsed) => new()
    {
        Goroutines = parsed.GetValue(s_goroutines),
        Block = parsed.GetValue(s_block).Value,
        Kind = StormOptions.KindOf(parsed.GetValue(s_kind)!),
        Path = parsed.GetValue(s_path),
        Rounds = parsed.GetValue(s_rounds),
        Procs = parsed.GetValue(s_procs),
        MaxThreads = parsed.GetValue(s_maxThreads),
        CompareWithThreadPool = parsed.GetValue(s_versus) is not null,
        Settle = parsed.GetValue(s_settle).Value,
        Json = parsed.GetValue(s_json),
        Engine = StormOptions.EngineOf(parsed.GetValue(s_engine)!),
    };
}
