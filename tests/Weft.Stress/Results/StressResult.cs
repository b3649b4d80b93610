using System.Diagnostics;
using System.Runtime;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Weft.Stress.Results;

/// <summary>The whole run; <c>--json</c> prints it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(StressResult))]
internal sealed partial class StressJson : JsonSerializerContext;

/// <inheritdoc cref="StressJson"/>
internal sealed record StressResult
{
    public required bool Ok { get; init; }
    public required int Seed { get; init; }
    public required double Seconds { get; init; }

    /// <summary>Debug or Release: of this program, and of Weft.</summary>
    public required string Configuration { get; init; }

    /// <summary>Whether Weft's assertions and fault points are compiled in.</summary>
    public required bool Checked { get; init; }

    public required int Cpus { get; init; }
    public required int Hogs { get; init; }
    public required string Collector { get; init; }
    public required string Runtime { get; init; }
    public required IReadOnlyList<ScenarioResult> Scenarios { get; init; }

    public static StressResult Of(StressOptions options, TimeSpan elapsed, IReadOnlyList<ScenarioResult> scenarios) => new()
    {
        Ok = scenarios.All(static scenario => scenario.Ok),
        Seed = options.Seed,
        Seconds = Math.Round(elapsed.TotalSeconds, 1),
        Configuration = IsOptimized ? "Release" : "Debug",
        Checked = Weft.Runtime.Host.FaultPoints.AreCompiledIn,
        Cpus = Environment.ProcessorCount,
        Hogs = options.Hogs,
        Collector =
            GCSettings.IsServerGC ? "server" : GCSettings.LatencyMode == GCLatencyMode.Batch ? "workstation" : "workstation, concurrent",
        Runtime = RuntimeInformation.FrameworkDescription,
        Scenarios = scenarios,
    };

    private static bool IsOptimized =>
        Attribute.GetCustomAttribute(typeof(Scheduler).Assembly, typeof(DebuggableAttribute))
            is not DebuggableAttribute { IsJITOptimizerDisabled: true };

    public string ToJson() => JsonSerializer.Serialize(this, StressJson.Default.StressResult);

    public string ToText() => $"{(Ok ? "ok" : "FAILED")}, seed {Seed}";
}
