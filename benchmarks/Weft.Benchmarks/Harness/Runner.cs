namespace Weft.Benchmarks.Harness;

/// <summary>
/// Takes the samples. Contenders are interleaved: each round takes one sample of each contender of each benchmark, in an order that moves
/// on with the round, so that what the machine does besides touches all alike, and a busy minute only one of the rounds. Where two rounds
/// disagree, a third decides. Every sample has a process of its own.
/// </summary>
internal sealed class Runner(Options options, TextWriter progress)
{
    /// <summary>
    /// After this long nothing is measured a second time, unless a number of rounds was asked for, so that all of it takes less than ten
    /// minutes on a busy machine, too, if the first round leaves as much. One more turn of a benchmark takes 20 s at most
    /// (<c>rss-settle</c>).
    /// </summary>
    private static readonly TimeSpan s_timeForRepeats = TimeSpan.FromMinutes(9.5);

    private readonly PeerPrograms _programs = new(progress);
    private readonly List<Failure> _failures = [];

    public Report Run()
    {
        MachineDescription machine = MachineDescription.Read();
        long start = Environment.TickCount64;
        List<Series> all = [.. options.Selected.Where(benchmark => !(options.Quick && benchmark.Slow)).SelectMany(SeriesOf)];
        int notRepeated = 0;
        for (int round = 0; round < options.Rounds; round++)
        {
            foreach (Series series in all)
            {
                if (round > 0 && !options.AsksForRounds && Elapsed() >= s_timeForRepeats)
                    notRepeated += series.Turns(round).Any() ? 1 : 0;
                else
                    Take(series, series.Turns(round), $"round {round + 1}");
            }
        }

        foreach (Series series in all)
        {
            if (Elapsed() < s_timeForRepeats)
                Take(series, series.TieBreak(), "tie-break");
            if (series.DifferentWork() is { } difference)
                Fail(series.Benchmark, Contender.Weft, difference);
        }

        return new Report(machine, options.Rounds, notRepeated, options.Quick, Elapsed(),
            [.. all.SelectMany(series => series.Rows())], _failures);

        TimeSpan Elapsed() => TimeSpan.FromMilliseconds(Environment.TickCount64 - start);
    }

    private IEnumerable<Series> SeriesOf(IBenchmark benchmark)
    {
        List<Contender> contenders = [.. benchmark.Contenders.Where(contender => TakesPart(benchmark, contender))];
        return benchmark.Procs.Select(procs => new Series(benchmark, new Run(procs, options.Quick), contenders));
    }

    private void Take(Series series, IEnumerable<Contender> contenders, string round)
    {
        foreach (Contender contender in contenders)
        {
            progress.Write($"{series.Benchmark.Name} procs={series.Run.Procs} {round} {contender.Name}: ");
            progress.Flush();
            if (Child.Take(series.Benchmark, contender, series.Run, _programs, out string failure) is { } sample)
            {
                progress.WriteLine(sample.Serialize());
                series.Add(contender, sample);
            }
            else
            {
                progress.WriteLine(failure);
                Fail(series.Benchmark, contender.Name, failure);
            }
        }
    }

    private bool TakesPart(IBenchmark benchmark, Contender contender)
    {
        if (options.Quick && contender.Slow)
            return false;
        if (contender.Program is not { } program || _programs.Find(program, out string reason) is not null)
            return true;
        Fail(benchmark, contender.Name, reason);
        return false;
    }

    private void Fail(IBenchmark benchmark, string contender, string reason)
    {
        Failure failure = new(benchmark.Name, contender, reason);
        if (!_failures.Contains(failure))
            _failures.Add(failure);
    }
}
