using Weft.Cli.Sampling;
using Weft.Cli.Storm.Engines;

namespace Weft.Cli.Storm;

/// <summary>A storm as it is at one moment.</summary>
/// <param name="Phase">What is going on, in words.</param>
/// <param name="Elapsed">Since the storm began.</param>
/// <param name="GoroutinesLeft">Goroutines of the burst that have not ended, or null when nothing knows.</param>
/// <param name="Sample">The process.</param>
/// <param name="Figures">The engine, or null when it does not tell.</param>
internal sealed record StormProgress(string Phase, TimeSpan Elapsed, int? GoroutinesLeft, ProcessSample Sample, EngineFigures? Figures);
