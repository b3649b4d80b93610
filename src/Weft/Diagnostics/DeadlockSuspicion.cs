using System.Text;

namespace Weft.Diagnostics;

/// <summary><c>WEFT_DEBUG=deadlock=1</c>: a line on standard error for a deadlock that is suspected, and one for each goroutine.</summary>
internal static class DeadlockSuspicion
{
    internal static void Write(string scheduler, IReadOnlyList<GoroutineInfo> asleep)
    {
        var text = new StringBuilder(
            $"DEADLOCK? scheduler={scheduler}: all goroutines are asleep; something outside may still wake one").AppendLine();
        foreach (GoroutineInfo goroutine in asleep)
            text.Append("  ").AppendLine(goroutine.ToString());
        Console.Error.Write(text.ToString());
    }
}
