using System.Text.Json.Serialization;

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
/// <param name="IsWeft">Whether it is Weft, or one of the ways in which a program may use Weft: the run has failed then.</param>
internal sealed record Failure(string Benchmark, string Contender, string Reason, [property: JsonIgnore] bool IsWeft);
