namespace Weft.Benchmarks.Harness;

/// <summary>One thing to measure, and who takes part. <see cref="Catalog"/> lists them all.</summary>
internal interface IBenchmark
{
    /// <summary>What <c>--filter</c> selects.</summary>
    string Name { get; }

    /// <summary>What is measured, in one line.</summary>
    string Summary { get; }

    /// <summary>What a sample yields; each becomes a row.</summary>
    IReadOnlyList<Figure> Figures { get; }

    /// <summary>Who is measured; Weft first, where it is one contender alone.</summary>
    IReadOnlyList<Contender> Contenders { get; }

    /// <summary>For how many processors; a row each.</summary>
    IReadOnlyList<int> Procs => [Environment.ProcessorCount];

    /// <summary>
    /// For which of them the project states figures: in the README, and so in every run. The rest is measured when it is asked for.
    /// </summary>
    IReadOnlyList<int> StatedProcs => [];

    /// <summary>Whether <c>--quick</c> leaves it out.</summary>
    bool Slow => false;
}
