using System.CommandLine;
using Weft.Cli.Storm;

namespace Weft.Cli.CommandLine;

/// <summary>The options of <c>weft storm</c>.</summary>
internal static class StormCommand
{
    private static readonly Duration _noTime = new(TimeSpan.Zero);

    private static readonly Option<int> _goroutines =
        Options.Integer("--goroutines", "Goroutines that block at once in each burst", 1_000, 1, 1_000_000);

    private static readonly Option<Duration> _block = Options.Time(
        "--block",
        "How long each blocks; kind file takes as long as it takes",
        new(TimeSpan.FromMilliseconds(100)),
        new(TimeSpan.FromMilliseconds(1)),
        new(TimeSpan.FromMinutes(60)));

    private static readonly Option<string?> _kind = Options.Choice(
        "--kind",
        "What they block in: sleep in Thread.Sleep; lock in a lock that is held until --block has passed; read in read(2) on a pipe that is written when --block "
            + "has passed; file in reading and hashing every file below --path, as many files at once as there are goroutines",
        "sleep",
        StormOptions.KindNames);

    private static readonly Option<string?> _path = new("--path") { Description = "The directory for kind file", HelpName = "directory" };

    private static readonly Option<int> _rounds = Options.Integer("--rounds", "Bursts, one right after the other", 1, 1, 10_000);

    private static readonly Option<int> _procs = Options.Integer(
        "--procs",
        "Goroutines that may run at the same time; default: the CPUs this process may use",
        new SchedulerOptions().MaxProcs,
        1,
        Scheduler.MaxProcsLimit);

    private static readonly Option<int> _maxThreads = Options.Integer(
        "--max-threads",
        "Threads the scheduler may have at once; work waits when it has them all",
        new SchedulerOptions().MaxThreads,
        4,
        1_000_000);

    private static readonly Option<string?> _versus =
        Options.Choice("--vs", "Does the same work with Task.Run afterwards, in a child process, and compares", null, "threadpool");

    private static readonly Option<Duration> _settle = Options.Time(
        "--settle",
        "The longest wait, after the last burst, for every thread to be gone",
        new(TimeSpan.FromSeconds(10)),
        _noTime,
        new(TimeSpan.FromMinutes(60)));

    private static readonly Option<bool> _json = new("--json") { Description = "Prints one JSON object instead of a table" };

    private static readonly Option<string?> _engine = Options.Choice("--engine", "Who runs the work", "weft", StormOptions.EngineNames);

    public static Command Build()
    {
        _engine.Hidden = true;
        var command = new Command(
            "storm",
            "Starts many goroutines that all block at once, and shows the threads that this takes come and go. Ends with 0 when nothing was lost and "
                + "every thread was gone again, with 1 when not.");
        foreach (Option option in (Option[])[_goroutines, _block, _kind, _path, _rounds, _procs, _maxThreads, _versus, _settle, _json, _engine])
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
        Goroutines = parsed.GetValue(_goroutines),
        Block = parsed.GetValue(_block).Value,
        Kind = StormOptions.KindOf(parsed.GetValue(_kind)!),
        Path = parsed.GetValue(_path),
        Rounds = parsed.GetValue(_rounds),
        Procs = parsed.GetValue(_procs),
        MaxThreads = parsed.GetValue(_maxThreads),
        CompareWithThreadPool = parsed.GetValue(_versus) is not null,
        Settle = parsed.GetValue(_settle).Value,
        Json = parsed.GetValue(_json),
        Engine = StormOptions.EngineOf(parsed.GetValue(_engine)!),
    };
}
