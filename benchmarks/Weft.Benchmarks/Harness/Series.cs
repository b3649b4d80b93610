namespace Weft.Benchmarks.Harness;

/// <summary>The samples of one benchmark on a number of processors, as the rounds add to them.</summary>
internal sealed class Series(IBenchmark benchmark, Run run, IReadOnlyList<Contender> contenders)
{
    /// <summary>
    /// Two samples of a contender that differ by more than this part are not of one opinion: more than a quiet machine makes.
    /// </summary>
    private const double Tolerance = 0.08;

    private readonly Dictionary<string, List<Sample>> _samples =
        contenders.ToDictionary(contender => contender.Name, _ => new List<Sample>());

    public IBenchmark Benchmark => benchmark;

    public Run Run => run;

    /// <summary>Who takes a sample in a round, in the order of that round.</summary>
    public IEnumerable<Contender> Turns(int round) => Enumerable.Range(0, contenders.Count)
        .Select(turn => contenders[(round + turn) % contenders.Count])
        .Where(contender => round < Math.Min(benchmark.MaxRounds, contender.MaxRounds));

    /// <summary>
    /// Who takes part in a round that is to decide where two disagree: all of those who took two. None if they agree, or if the benchmark
    /// is not worth as many as two.
    /// </summary>
    public IEnumerable<Contender> TieBreak()
    {
        List<Contender> repeated = [.. contenders.Where(contender => _samples[contender.Name].Count == 2)];
        return repeated.Exists(contender => Disagree(_samples[contender.Name])) ? repeated : [];
    }

    public void Add(Contender contender, Sample sample) => _samples[contender.Name].Add(sample);

    public IEnumerable<Row> Rows() => benchmark.Figures.Select(figure => Row.Of(benchmark, figure, run, _samples)).OfType<Row>();

    /// <summary>What the contenders say they did, if they did not do the same.</summary>
    public string? DifferentWork()
    {
        string[] checks = [.. _samples.Values.SelectMany(taken => taken).Select(sample => sample.Check ?? "").Distinct()];
        return checks.Length > 1 ? $"contenders did different work: {string.Join(" / ", checks)}" : null;
    }

    // Only the first figure counts: it is what the benchmark is for.
    private bool Disagree(List<Sample> samples)
    {
        string key = benchmark.Figures[0].Key;
        double[] values = [.. samples.Where(sample => sample.TryGet(key, out _)).Select(sample => sample[key])];
        return values.Length > 1 && values.Max() > values.Min() * (1 + Tolerance);
    }
}
