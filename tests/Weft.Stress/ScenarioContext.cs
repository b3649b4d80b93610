using System.Diagnostics;

namespace Weft.Stress;

/// <summary>
/// What a scenario is given, and where it counts. Only the scenario's own thread may call <see cref="Add"/>, <see cref="Set"/>.
/// </summary>
internal sealed class ScenarioContext(StressOptions options, TimeSpan time)
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    public StressOptions Options { get; } = options;

    public int Seed => Options.Seed;

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_started);

    public bool IsOver => Elapsed >= time;

    /// <summary>In the order in which they were first set.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    /// <summary>Reasons why a part was not run.</summary>
    public List<string> Skipped { get; } = [];

    public void Add(string name, long by = 1) => _counts[name] = _counts.GetValueOrDefault(name) + by;

    public void Set(string name, long value) => _counts[name] = value;

    public void Max(string name, long value) => _counts[name] = Math.Max(_counts.GetValueOrDefault(name), value);

    /// <summary>For a person who watches; standard output belongs to the result.</summary>
    public static void Log(string text) => Console.Error.WriteLine(text);
}
