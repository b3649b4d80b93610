using System.Diagnostics;

namespace Weft.Tests.Support;

/// <summary>Waits for what must come about, without a guess at how long it takes.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    internal static void True(Func<bool> condition, string what)
    {
        long begin = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(begin) < s_limit, $"Still not so after {s_limit.TotalSeconds} s: {what}");
            Thread.Sleep(1);
        }
    }
}
