namespace Weft.Cli.Storm.Engines;

/// <summary>What an engine did with its threads up to one moment.</summary>
internal readonly record struct EngineFigures
{
    public long Created { get; init; }
    public long Exited { get; init; }
    public long Reaped { get; init; }
    public int Running { get; init; }
    public int Blocked { get; init; }
    public int Idle { get; init; }
    public long HandOffsByWait { get; init; }
    public long HandOffsByMonitor { get; init; }
    public long HandOffsExplicit { get; init; }
    public long HandOffsByTimeSlice { get; init; }
    public long StackBytes { get; init; }
    public long Shortages { get; init; }

    /// <summary>Every thread that was made is gone, joined, and its stack free.</summary>
    public bool AllReaped => Created == Exited && Exited == Reaped;
}
