using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weft.Benchmarks.Harness;

/// <summary>The report for programs.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
    };

    public static string Serialize(Report report)
    {
        object document = new
        {
            report.Machine,
            report.Rounds,
            report.Quick,
            TookS = Math.Round(report.Took.TotalSeconds, 1),
            Rows = report.Rows.Select(Shape),
            report.Failures,
        };
        return JsonSerializer.Serialize(document, s_json) + "\n";
    }

    private static object Shape(Row row) => new
    {
        row.Name,
        row.Unit,
        row.Procs,
        Subject = row.Subject == Contender.Weft ? null : row.Subject,
        Weft = row.Weft is { } weft ? Round(weft.Median) : (double?)null,
        Peers = row.Values.Where(pair => pair.Key != row.Subject).ToDictionary(pair => pair.Key, pair => Round(pair.Value.Median)),
        Ratios = row.Ratios.ToDictionary(pair => pair.Key, pair => Round(pair.Value.Median)),
        Ranges = Ranges(row.Values),
        RatioRanges = Ranges(row.Ratios),
        Targets = row.Targets.Select(target => new { target.Against, target.Must, target.Aim, Verdict = row.Verdict(target) }),
        Samples = row.Samples.ToDictionary(
            pair => pair.Key,
            pair => pair.Value.Select(value => value is { } present ? Round(present) : (double?)null)),
    };

    /// <summary>The least and the greatest of each.</summary>
    private static Dictionary<string, double[]> Ranges(IReadOnlyDictionary<string, Spread> spreads) =>
        spreads.ToDictionary(pair => pair.Key, pair => (double[])[Round(pair.Value.Min), Round(pair.Value.Max)]);

    /// <summary>Four digits that count: more would be noise.</summary>
    private static double Round(double value) =>
        value == 0 || !double.IsFinite(value) ? 0 : Math.Round(value, Math.Clamp(3 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 12));
}
