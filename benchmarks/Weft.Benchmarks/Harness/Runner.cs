namespace Weft.Benchmarks.Harness;

/// <summary>
/// Takes the samples. Contenders are interleaved: each round takes one sample of each contender of each benchmark, in an order that moves
/// on with the round, so that what the machine does besides touches all alike, and a busy minute only one of the rounds. Every sample has a
/// process of its own.
/// </summary>
internal sealed class Runner(Options options, TextWriter progress)
{
    private readonly PeerPrograms _programs = new(progress);
    private readonly List<Failure> _failures = [];

    public Report Run()
    {
        MachineDescription machine = MachineDescription.Read();
        long start = Environment.TickCount64;
        List<Series> all = [.. options.Selected.Where(benchmark => !(options.Quick && benchmark.Slow)).SelectMany(SeriesOf)];
        for (int round = 0; round < options.Rounds; round++)
        {
            foreach (Series series in all)
                Take(series, round);
        }

        foreach (Series series in all)
        {
            if (series.DifferentWork() is { } difference)
                Fail(series.Benchmark, Contender.Weft, isWeft: true, difference);
        }

        TimeSpan took = TimeSpan.FromMilliseconds(Environment.TickCount64 - start);
        return new Report(machine, options.Rounds, options.Quick, took, [.. all.SelectMany(series => series.Rows())], _failures);
    }

    private IEnumerable<Series> SeriesOf(IBenchmark benchmark)
    {
        IReadOnlyList<int> procs = options.ProcsOf(benchmark);
        if (procs.Count == 0)
            return [];
        List<Contender> contenders = [.. benchmark.Contenders.Where(contender => TakesPart(benchmark, contender))];
        return procs.Select(number => new Series(benchmark, new Run(number, options.Quick), contenders));
    }

    private void Take(Series series, int round)
    {
        foreach (Contender contender in series.Turns(round))
        {
            progress.Write($"{series.Benchmark.Name} procs={series.Run.Procs} round {round + 1} {contender.Name}: ");
            progress.Flush();
            Sample? sample = Child.Take(series.Benchmark, contender, series.Run, _programs, out string failure);
            progress.WriteLine(sample?.Serialize() ?? failure);
            series.Add(contender, sample);
            if (sample is null)
                Fail(series.Benchmark, contender.Name, contender.IsWeft, failure);
        }
    }

    private bool TakesPart(IBenchmark benchmark, Contender contender)
    {
        if (options.Quick && contender.Slow)
            return false;
        if (contender.WhyNot?.Invoke() is string lacking)
        {
            Fail(benchmark, contender.Name, contender.IsWeft, $"left out: {lacking}");
            return false;
        }

        if (contender.Program is not { } program || _programs.Find(program, out string reason) is not null)
            return true;
        Fail(benchmark, contender.Name, contender.IsWeft, reason);
        return false;
    }

    private void Fail(IBenchmark benchmark, string contender, bool isWeft, string reason)
    {
        Failure failure = new(benchmark.Name, contender, reason, isWeft);
        if (!_failures.Contains(failure))
            _failures.Add(failure);
    }
}
