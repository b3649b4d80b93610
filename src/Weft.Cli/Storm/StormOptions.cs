namespace Weft.Cli.Storm;

/// <summary>What the goroutines of a storm block in.</summary>
internal enum StormKind
{
    /// <summary><see cref="Thread.Sleep(TimeSpan)"/>, which nobody declares to the scheduler.</summary>
    Sleep,

    /// <summary>A contended lock.</summary>
    Lock,

    /// <summary>read(2) on a pipe.</summary>
    Read,

    /// <summary>Synchronous reads of files.</summary>
    File,
}

/// <summary>Who runs the work of a storm.</summary>
internal enum StormEngine
{
    Weft,
    ThreadPool,
}

/// <summary>A checked command line of <c>weft storm</c>.</summary>
internal sealed record StormOptions
{
    public static readonly string[] KindNames = [.. Enum.GetValues<StormKind>().Select(NameOf)];
    public static readonly string[] EngineNames = [.. Enum.GetValues<StormEngine>().Select(NameOf)];

    public required int Goroutines { get; init; }
    public required TimeSpan Block { get; init; }
    public required StormKind Kind { get; init; }
    public required string? Path { get; init; }
    public required int Rounds { get; init; }
    public required int Procs { get; init; }
    public required int MaxThreads { get; init; }
    public required bool CompareWithThreadPool { get; init; }
    public required TimeSpan Settle { get; init; }
    public required bool Json { get; init; }
    public required StormEngine Engine { get; init; }

    public static string NameOf<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    public static StormKind KindOf(string name) => Enum.Parse<StormKind>(name, ignoreCase: true);

    public static StormEngine EngineOf(string name) => Enum.Parse<StormEngine>(name, ignoreCase: true);
}
