namespace Weft.Benchmarks.Harness;

/// <summary>Everything a run has found.</summary>
/// <param name="NotRepeated">How many benchmarks, each number of processors by itself, were measured once only, for lack of time.</param>
internal sealed record Report(
    MachineDescription Machine,
    int Rounds,
    int NotRepeated,
    bool Quick,
    TimeSpan Took,
    IReadOnlyList<Row> Rows,
    IReadOnlyList<Failure> Failures);

/// <summary>A contender without a sample, and why.</summary>
internal sealed record Failure(string Benchmark, string Contender, string Reason);
