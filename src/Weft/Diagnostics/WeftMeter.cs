using System.Diagnostics.Metrics;
using System.Runtime.Loader;

namespace Weft.Diagnostics;

/// <summary>The meter of the process. Its instruments are observed: they cost nothing until a listener asks.</summary>
internal static class WeftMeter
{
    /// <summary>What listeners choose it by.</summary>
    internal const string Name = "Weft";

    /// <summary>
    /// Disposed with the load context that the library was loaded into, if that can be unloaded: .NET's list of meters leads to the
    /// instruments, and from there to the context. Otherwise never, as the default scheduler is there until the process ends.
    /// </summary>
    internal static Meter Instance { get; } = Make();

    private static Meter Make()
    {
        var meter = new Meter(Name);
        if (AssemblyLoadContext.GetLoadContext(typeof(WeftMeter).Assembly) is { IsCollectible: true } context)
            context.Unloading += _ => meter.Dispose();
        return meter;
    }

    /// <summary>A value with a tag.</summary>
    internal static Measurement<T> Tagged<T>(T value, string tag, string of)
        where T : struct => new(value, new KeyValuePair<string, object?>(tag, of));
}
