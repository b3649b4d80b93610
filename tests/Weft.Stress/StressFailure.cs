using System.Globalization;

namespace Weft.Stress;

/// <summary>Something was lost, left over, or wrong.</summary>
internal sealed class StressFailure(string message) : Exception(message)
{
    public static void ThrowUnless(bool condition, string message)
    {
        if (!condition)
            throw new StressFailure(message);
    }

    /// <summary>Goroutines did not end: the message holds what the scheduler says of them.</summary>
    public static StressFailure Lost(string what, Scheduler scheduler)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        text.WriteLine(what);
        scheduler.WriteDump(text);
        text.Write(scheduler.Statistics);
        return new StressFailure(text.ToString());
    }
}
