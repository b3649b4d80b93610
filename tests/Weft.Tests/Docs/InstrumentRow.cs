using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;

namespace Weft.Tests.Docs;

/// <summary>A row of the tables of instruments in <c>docs/metrics.md</c>.</summary>
internal sealed partial record InstrumentRow(string Name, string Kind, string Unit)
{
    public const string Document = "docs/metrics.md";

    /// <summary>All rows.</summary>
    public static InstrumentRow[] All { get; } =
    [
        .. Repository.Lines(Document)
            .Select(static line => Row().Match(line))
            .Where(static row => row.Success)
            .Select(static row => new InstrumentRow(row.Groups[1].Value, row.Groups[2].Value, row.Groups[3].Value)),
    ];

    /// <summary>What the row of an instrument should say.</summary>
    public static InstrumentRow Of(Instrument instrument) => new(instrument.Name, KindOf(instrument), instrument.Unit ?? "");

    private static string KindOf(Instrument instrument) => instrument switch
    {
        ObservableCounter<long> or ObservableCounter<double> or Counter<long> => "counter",
        ObservableUpDownCounter<long> or UpDownCounter<long> => "up-down counter",
        Histogram<double> => "histogram",
        _ => instrument.GetType().Name,
    };

    [GeneratedRegex(@"^\| `(weft\.[\w.]+)` \| ([\w -]+) \| `([^`]+)` \|")]
    private static partial Regex Row();
}
