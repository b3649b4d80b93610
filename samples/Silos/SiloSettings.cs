using System.Text.Json;

namespace Weft.Samples.Silos;

/// <summary>What a silo's process is told.</summary>
internal sealed record SiloSettings
{
    public required int SiloPort { get; init; }

    public required int GatewayPort { get; init; }

    /// <summary>The port of the silo that keeps the list of silos, where no server does.</summary>
    public required int PrimaryPort { get; init; }

    /// <summary>Of this run alone, so that a server's list has no silos of earlier runs.</summary>
    public required string ClusterId { get; init; }

    public required Clustering Clustering { get; init; }

    public required string? Connection { get; init; }

    public required Mode Mode { get; init; }

    public required Work Work { get; init; }

    public required TimeSpan Block { get; init; }

    public required TimeSpan Timeout { get; init; }

    public required bool Verbose { get; init; }

    /// <summary>The directory of the counters' files.</summary>
    public required string Ledger { get; init; }

    public string ToText() => JsonSerializer.Serialize(this);

    public static SiloSettings Of(string text) =>
        JsonSerializer.Deserialize<SiloSettings>(text) ?? throw new FormatException("A silo is started by the sample itself.");
}
