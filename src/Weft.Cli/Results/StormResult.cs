namespace Weft.Cli.Results;

/// <summary>Everything one storm showed; <c>weft storm --json</c> prints it. Members that an engine cannot tell are null.</summary>
internal sealed record StormResult
{
    public required string Engine { get; init; }
    public required string Kind { get; init; }
    public required int Goroutines { get; init; }
    public required double BlockMs { get; init; }

    /// <summary>For the ThreadPool, the threads it makes without delay.</summary>
    public required int Procs { get; init; }

    public required int MaxThreads { get; init; }

    /// <summary>From the first start until the last end; the median of <see cref="RoundsMs"/>.</summary>
    public required double ElapsedMs { get; init; }

    public required double[] RoundsMs { get; init; }
    public required BystanderResult BystanderMs { get; init; }
    public required ThreadResult Threads { get; init; }
    public required MachineResult Machines { get; init; }
    public long? Created { get; init; }
    public long? Exited { get; init; }
    public long? Reaped { get; init; }
    public HandOffResult? Handoffs { get; init; }
    public StackResult? StackBytes { get; init; }
    public required MemoryResult RssBytes { get; init; }

    /// <summary>Times that work had to wait because no further thread was to be had.</summary>
    public long? Shortages { get; init; }

    public FileResult? Files { get; init; }

    /// <summary>What was lost, in words; empty when nothing was.</summary>
    public required string[] Lost { get; init; }

    /// <summary>The same work on the ThreadPool.</summary>
    public StormResult? Threadpool { get; init; }
}

/// <summary>How long goroutines waited that were started during a burst and only noted the time, in milliseconds.</summary>
internal sealed record BystanderResult(int Count, double P50, double P99, double Max);

/// <summary>All threads of the process.</summary>
/// <param name="Before">Before the engine was made.</param>
/// <param name="Peak">The most that were seen.</param>
/// <param name="After">When the engine's own were gone, or the wait for that was over.</param>
/// <param name="SettleMs">From the end of the last burst until then; null when they were not gone in time.</param>
internal sealed record ThreadResult(int Before, int Peak, int After, double? SettleMs);

/// <summary>Threads that carry the engine's name.</summary>
internal sealed record MachineResult(int Peak, int After);

/// <summary>Times a processor was handed on, by what caused it.</summary>
internal sealed record HandOffResult(long Wait, long Monitor, long Explicit, long TimeSlice);

/// <summary>Bytes mapped for stacks.</summary>
internal sealed record StackResult(long Peak, long After);

/// <summary>
/// The process's memory in RAM; the last value after two garbage collections, the second of what the finalizers of the first gave free.
/// </summary>
internal sealed record MemoryResult(long Before, long Peak, long After);

/// <summary>What kind file hashed in its last burst.</summary>
/// <param name="Count">Files that were hashed.</param>
/// <param name="Bytes">Bytes that were read.</param>
/// <param name="Unreadable">Files that could not be read.</param>
/// <param name="Matched">Digests that sha256sum agrees with; null when there is no sha256sum.</param>
internal sealed record FileResult(int Count, long Bytes, int Unreadable, int? Matched);
