using System.Globalization;

namespace Weft.Benchmarks.Harness;

/// <summary>The report for people.</summary>
internal static class MarkdownReport
{
    public static void Write(Report report, TextWriter to)
    {
        WriteMachine(report, to);
        to.WriteLine("| benchmark | procs | unit | Weft | peers | Weft / peer | must | aim | |");
        to.WriteLine("|---|---:|---|---:|---|---|---|---|---|");
        foreach (Row row in report.Rows)
        {
            string verdicts = string.Join(", ", row.Targets.Select(row.Verdict).Distinct().Where(verdict => verdict.Length > 0));
            to.WriteLine(
                $"| {row.Name} | {row.Procs} | {row.Unit} | {(row.Weft is { } weft ? Text(weft, "") : "-")} "
                + $"| {Pairs(row.Values.Where(pair => pair.Key != row.Subject), "")} | {Pairs(row.Ratios, " x")} "
                + $"| {Targets(row, target => target.Must)} | {Targets(row, target => target.Aim)} | {verdicts} |");
        }

        if (report.Failures.Count == 0)
            return;
        to.WriteLine();
        foreach (Failure failure in report.Failures)
            to.WriteLine($"- {failure.Benchmark}, {failure.Contender}: {failure.Reason}");
    }

    private static void WriteMachine(Report report, TextWriter to)
    {
        MachineDescription machine = report.Machine;
        to.WriteLine(
            $"{machine.Date}; {machine.Cpu}, {machine.Cores} cores, {machine.MemoryGb} GB; "
            + $"{machine.Os}, {machine.Kernel}; {machine.Dotnet};");
        to.WriteLine($"{machine.Go ?? "no Go"}; {machine.C ?? "no C compiler"}; Weft {machine.Commit ?? "of unknown commit"}.");
        string rounds = report.Rounds == 1 ? "One round" : $"Medians of {report.Rounds} rounds, in brackets the least and the greatest";
        to.WriteLine(
            $"{rounds}{(report.Quick ? ", quick" : "")}; a multiple is of the peer in the same round; "
            + $"the run took {report.Took.TotalSeconds:0} s; "
            + $"load average at the start {machine.LoadAtStart.ToString(CultureInfo.InvariantCulture)}.");
        to.WriteLine();
    }

    private static string Targets(Row row, Func<Target, double> value) => string.Join(
        "; ",
        row.Targets.Select(target => Number(value(target)) + (target.Against is null ? "" : $" x {target.Against}")));

    private static string Pairs(IEnumerable<KeyValuePair<string, Spread>> values, string unit) =>
        string.Join(", ", values.Select(pair => $"{pair.Key} {Text(pair.Value, unit)}"));

    private static string Text(Spread spread, string unit) =>
        Number(spread.Median) + unit + (spread.Min == spread.Max ? "" : $" ({Number(spread.Min)}..{Number(spread.Max)})");

    private static string Number(double value) => Math.Abs(value) switch
    {
        0 => "0",
        >= 1000 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 100 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.#", CultureInfo.InvariantCulture),
        _ => value.ToString("0.###", CultureInfo.InvariantCulture),
    };
}
