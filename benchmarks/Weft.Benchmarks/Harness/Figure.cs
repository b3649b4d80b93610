namespace Weft.Benchmarks.Harness;

/// <summary>One value of a sample. Less is better in all of them.</summary>
/// <param name="Key">Its name in the sample.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Suffix">What its row's name adds to the benchmark's, or null for the main figure.</param>
internal sealed record Figure(string Key, string Unit, string? Suffix = null)
{
    /// <summary>Whose value it is that the peers' are compared with: Weft, or one of the ways in which a program may use Weft.</summary>
    public string Subject { get; init; } = Contender.Weft;

    /// <summary>What the subject wants to reach.</summary>
    public IReadOnlyList<Target> Targets { get; init; } = [];

    /// <summary>The row's name.</summary>
    public string RowName(IBenchmark benchmark) => Suffix is null ? benchmark.Name : $"{benchmark.Name}/{Suffix}";
}

/// <summary>What Weft must and what it aims to reach.</summary>
/// <param name="Against">The peer the values are multiples of, or null for absolute ones.</param>
/// <param name="Must">At most this, or it is a defect.</param>
/// <param name="Aim">At most this is a success.</param>
internal sealed record Target(string? Against, double Must, double Aim);
