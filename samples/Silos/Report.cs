using System.Globalization;

namespace Weft.Samples.Silos;

/// <summary>What a run prints.</summary>
internal static class Report
{
    private const int ShownWrong = 10;

    public static void Write(Options options, Load load, IEnumerable<SiloProcess> silos, Audit audit)
    {
        string kill = options.Kill == 0 ? "no silo killed" : $"silo {options.Kill} killed";
        double seconds = options.Duration.TotalSeconds;
        Print($"{Options.Name(options.Mode)}, {Options.Name(options.Work)}: {options.Callers} callers, {seconds:N0} s, {kill}");
        Print($"acknowledged {audit.Acknowledged:N0}, {audit.Acknowledged / seconds:N0} a second{Latencies(load)}");
        Print($"failed {audit.Failed:N0}{Reasons(load)}");
        foreach (SiloProcess silo in silos)
            Print($"{silo}");
        if (audit.Wrong.Count == 0)
        {
            long called = audit.Acknowledged + audit.Failed;
            Print($"ledger holds: {audit.Acknowledged} acknowledged <= {audit.Applied} applied <= {called} called, none twice");
            return;
        }

        foreach (string wrong in audit.Wrong.Take(ShownWrong))
            Console.Error.WriteLine($"Silos: {wrong}");
        Console.Error.WriteLine($"Silos: the ledger does not hold: {audit.Wrong.Count} entries are wrong");
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static string Latencies(Load load)
    {
        TimeSpan[] sorted = [.. load.Acknowledged.Select(static call => call.Latency).Order()];
        return sorted.Length == 0 ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $"; p50 {At(0.5).TotalMilliseconds:N1} ms, p99 {At(0.99).TotalMilliseconds:N1} ms");

        TimeSpan At(double part) => sorted[(int)((sorted.Length - 1) * part)];
    }

    private static string Reasons(Load load) => load.Failed.Count == 0
        ? ""
        : ": " + string.Join(", ", load.Failed.CountBy(static call => call.Reason).Select(static reason => $"{reason.Value} {reason.Key}"));
}
