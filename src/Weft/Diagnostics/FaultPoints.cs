using System.Diagnostics;

namespace Weft.Diagnostics;

/// <summary>
/// Labelled points at which a stress test may delay a thread, to widen the windows of races. Release builds compile them away.
/// </summary>
internal static class FaultPoints
{
    /// <summary>Called with the label of each point passed; null when nobody tests.</summary>
    internal static Action<string>? Hook { get; set; }

    [Conditional("DEBUG")]
    internal static void Hit(string label) => Hook?.Invoke(label);
}
