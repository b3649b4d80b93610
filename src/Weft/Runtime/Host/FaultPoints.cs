using System.Diagnostics;

namespace Weft.Runtime.Host;

/// <summary>
/// Labelled points at which a stress test may delay a thread, to widen the windows of races. Builds that ship have none: it takes a
/// debug build, or an optimized one with the property <c>WeftChecked</c>, which defines DEBUG. A new label is listed in
/// docs/reliability.md.
/// </summary>
internal static class FaultPoints
{
    /// <summary>Whether this build has them.</summary>
    internal static bool AreCompiledIn =>
#if DEBUG
        true;
#else
        false;
#endif

    /// <summary>Called with the label of each point passed; null when nobody tests.</summary>
    internal static Action<string>? Hook { get; set; }

    /// <summary>
    /// Set by a stress test: the monitor does not make up for a wake-up that was lost, so that the loss shows. Every build reads it; only
    /// tests set it.
    /// </summary>
    internal static bool NoSecondChance { get; set; }

    [Conditional("DEBUG")]
    internal static void Hit(string label) => Hook?.Invoke(label);
}
