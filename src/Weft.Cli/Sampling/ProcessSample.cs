namespace Weft.Cli.Sampling;

/// <summary>What the operating system said of this process at one moment.</summary>
/// <param name="Threads">All its threads.</param>
/// <param name="Machines">Those that carry the engine's thread name.</param>
/// <param name="ResidentBytes">Its memory in RAM.</param>
internal readonly record struct ProcessSample(int Threads, int Machines, long ResidentBytes)
{
    /// <summary>The larger of each.</summary>
    public ProcessSample Max(ProcessSample other) => new(
        Math.Max(Threads, other.Threads),
        Math.Max(Machines, other.Machines),
        Math.Max(ResidentBytes, other.ResidentBytes));
}
