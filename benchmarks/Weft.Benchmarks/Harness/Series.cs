namespace Weft.Benchmarks.Harness;

/// <summary>The samples of one benchmark on a number of processors, as the rounds add to them.</summary>
internal sealed class Series(IBenchmark benchmark, Run run, IReadOnlyList<Contender> contenders)
{
    // An entry a round: what a contender measured in a round is compared with what the others measured in that round.
    private readonly Dictionary<string, List<Sample?>> _samples =
        contenders.ToDictionary(contender => contender.Name, _ => new List<Sample?>());

    public IBenchmark Benchmark => benchmark;

    public Run Run => run;

    /// <summary>All contenders, in the order in which they take their samples in a round.</summary>
    public IEnumerable<Contender> Turns(int round) =>
        Enumerable.Range(0, contenders.Count).Select(turn => contenders[(round + turn) % contenders.Count]);

    /// <summary>Adds a contender's sample of the next round, or null when it could not be taken.</summary>
    public void Add(Contender contender, Sample? sample) => _samples[contender.Name].Add(sample);

    public IEnumerable<Row> Rows() => benchmark.Figures.Select(figure => Row.Of(benchmark, figure, run, _samples)).OfType<Row>();

    /// <summary>What the contenders say they did, if they did not do the same.</summary>
    public string? DifferentWork()
    {
        string[] checks = [.. _samples.Values.SelectMany(taken => taken).OfType<Sample>().Select(sample => sample.Check ?? "").Distinct()];
        return checks.Length > 1 ? $"contenders did different work: {string.Join(" / ", checks)}" : null;
    }
}
