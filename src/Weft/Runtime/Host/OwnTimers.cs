namespace Weft.Runtime.Host;

/// <summary>
/// Timers of .NET's that Weft has set for its own diagnostics. They wake nobody: a search for deadlocks does not count them.
/// </summary>
internal static class OwnTimers
{
    private static int s_count;

    internal static int Count => Volatile.Read(ref s_count);

    internal static void NoteSet() => Interlocked.Increment(ref s_count);

    internal static void NoteGone() => Interlocked.Decrement(ref s_count);
}
