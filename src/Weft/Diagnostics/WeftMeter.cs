using System.Diagnostics.Metrics;

namespace Weft.Diagnostics;

/// <summary>The meter of the process. Its instruments are observed: they cost nothing until a listener asks.</summary>
internal static class WeftMeter
{
    /// <summary>What listeners choose it by.</summary>
    internal const string Name = "Weft";

    /// <summary>Never disposed: the default scheduler is there until the process ends.</summary>
    internal static Meter Instance { get; } = new(Name);

    /// <summary>A value with a tag.</summary>
    internal static Measurement<T> Tagged<T>(T value, string tag, string of)
        where T : struct => new(value, new KeyValuePair<string, object?>(tag, of));
}
