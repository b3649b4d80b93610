namespace Weft.Benchmarks.Harness;

/// <summary>
/// Takes the samples. Contenders are interleaved: each round takes one sample of each, in an order that moves on with the round, so that
/// what the machine does besides touches all alike. Every sample has a process of its own.
/// </summary>
internal sealed class Runner(Options options, TextWriter progress)
{
    private readonly PeerPrograms _programs = new(progress);
    private readonly List<Row> _rows = [];
    private readonly List<Failure> _failures = [];

    public Report Run()
    {
        MachineDescription machine = MachineDescription.Read();
        long start = Environment.TickCount64;
        foreach (IBenchmark benchmark in options.Selected.Where(benchmark => !(options.Quick && benchmark.Slow)))
        {
            foreach (int procs in benchmark.Procs)
                Measure(benchmark, new Run(procs, options.Quick));
        }

        TimeSpan took = TimeSpan.FromMilliseconds(Environment.TickCount64 - start);
        return new Report(machine, options.Rounds, options.Quick, took, _rows, _failures);
    }

    private void Measure(IBenchmark benchmark, Run run)
    {
        List<Contender> contenders = [.. benchmark.Contenders.Where(contender => TakesPart(benchmark, contender))];
        Dictionary<string, List<Sample>> samples = contenders.ToDictionary(contender => contender.Name, _ => new List<Sample>());
        int rounds = Math.Min(options.Rounds, benchmark.MaxRounds);
        for (int round = 0; round < rounds; round++)
        {
            for (int turn = 0; turn < contenders.Count; turn++)
            {
                Contender contender = contenders[(round + turn) % contenders.Count];
                if (round < contender.MaxRounds && Take(benchmark, contender, run, round) is { } sample)
                    samples[contender.Name].Add(sample);
            }
        }

        CompareWork(benchmark, samples);
        foreach (Figure figure in benchmark.Figures)
        {
            if (Row.Of(benchmark, figure, run, samples) is { } row)
                _rows.Add(row);
        }
    }

    private bool TakesPart(IBenchmark benchmark, Contender contender)
    {
        if (options.Quick && contender.Slow)
            return false;
        if (contender.Program is not { } program || _programs.Find(program, out string reason) is not null)
            return true;
        Fail(benchmark, contender, reason);
        return false;
    }

    private Sample? Take(IBenchmark benchmark, Contender contender, Run run, int round)
    {
        progress.Write($"{benchmark.Name} procs={run.Procs} round {round + 1} {contender.Name}: ");
        progress.Flush();
        if (Child.Take(benchmark, contender, run, _programs, out string failure) is not { } sample)
        {
            progress.WriteLine(failure);
            Fail(benchmark, contender, failure);
            return null;
        }

        progress.WriteLine(sample.Serialize());
        return sample;
    }

    private void CompareWork(IBenchmark benchmark, Dictionary<string, List<Sample>> samples)
    {
        string[] checks = [.. samples.Values.SelectMany(taken => taken).Select(sample => sample.Check ?? "").Distinct()];
        if (checks.Length > 1)
            _failures.Add(new Failure(benchmark.Name, Contender.Weft, $"contenders did different work: {string.Join(" / ", checks)}"));
    }

    private void Fail(IBenchmark benchmark, Contender contender, string reason)
    {
        Failure failure = new(benchmark.Name, contender.Name, reason);
        if (!_failures.Contains(failure))
            _failures.Add(failure);
    }
}
