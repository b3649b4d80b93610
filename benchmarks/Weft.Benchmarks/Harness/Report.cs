namespace Weft.Benchmarks.Harness;

/// <summary>Everything a run has found.</summary>
internal sealed record Report(
    MachineDescription Machine,
    int Rounds,
    bool Quick,
    TimeSpan Took,
    IReadOnlyList<Row> Rows,
    IReadOnlyList<Failure> Failures);

/// <summary>A contender without a sample, and why.</summary>
internal sealed record Failure(string Benchmark, string Contender, string Reason);
