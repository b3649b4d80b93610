namespace Weft.Stress;

/// <summary>What the command line asked for.</summary>
internal sealed record StressOptions
{
    /// <summary>For all scenarios together.</summary>
    public required TimeSpan Duration { get; init; }

    public required int Seed { get; init; }
    public required bool Json { get; init; }

    /// <summary>Names of those to run; none: all.</summary>
    public required IReadOnlyList<string> Scenarios { get; init; }

    /// <summary>How many threads scenario <c>threads</c> makes; 0: as many as its time allows.</summary>
    public required int Threads { get; init; }

    /// <summary>The same plan again and again.</summary>
    public required bool Repeat { get; init; }

    /// <summary>Threads that compute beside the scenarios.</summary>
    public required int Hogs { get; init; }

    /// <summary>After that long without an end, something is lost.</summary>
    public required TimeSpan Limit { get; init; }
}
