using System.Globalization;

namespace Weft.Stress.Results;

/// <summary>What one scenario showed.</summary>
internal sealed class ScenarioResult(string name, ScenarioContext context, string? failure)
{
    public string Name { get; } = name;

    public bool Ok => Failure is null;

    public double Seconds { get; } = Math.Round(context.Elapsed.TotalSeconds, 1);

    public IReadOnlyDictionary<string, long> Counts { get; } = context.Counts;

    /// <summary>Parts that were not run, and why.</summary>
    public IReadOnlyList<string> Skipped { get; } = context.Skipped;

    /// <summary>What was wrong, or null.</summary>
    public string? Failure { get; } = failure;

    public string ToText()
    {
        string counts = string.Join(", ", Counts.Select(static c => string.Create(CultureInfo.InvariantCulture, $"{c.Key} {c.Value:N0}")));
        string skipped = string.Concat(Skipped.Select(static reason => $"; skipped: {reason}"));
        string text = string.Create(CultureInfo.InvariantCulture, $"{(Ok ? "ok" : "FAILED")} {Name} {Seconds:0.0} s: {counts}{skipped}");
        return Failure is null ? text : $"{text}{Environment.NewLine}{Failure}";
    }
}
