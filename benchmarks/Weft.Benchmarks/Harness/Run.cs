namespace Weft.Benchmarks.Harness;

/// <summary>What a sample needs to know.</summary>
/// <param name="Procs">How many goroutines or tasks may run at once.</param>
/// <param name="Quick">Whether to be done soon rather than exact.</param>
internal sealed record Run(int Procs, bool Quick);
