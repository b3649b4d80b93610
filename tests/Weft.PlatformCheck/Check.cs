using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Weft.PlatformCheck;

/// <summary>What a check says, and how long it may take.</summary>
internal static class Check
{
    // An emulator can be a hundred times slower than the machine.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    /// <summary>Runs a check on a thread of .NET's own, so that one that hangs is named; null if it passed.</summary>
    internal static Exception? Run(Action check)
    {
        Exception? problem = null;
        var thread = new Thread(() =>
        {
            try
            {
                check();
            }
            catch (CheckFailedException exception)
            {
                problem = exception;
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();
        return thread.Join(s_limit) ? problem : new CheckFailedException($"still running after {s_limit.TotalSeconds} s");
    }

    internal static void That(bool condition, [CallerArgumentExpression(nameof(condition))] string text = "")
    {
        if (!condition)
            throw new CheckFailedException($"not so: {text}");
    }

    internal static void Equal<T>(T expected, T actual, [CallerArgumentExpression(nameof(actual))] string text = "")
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new CheckFailedException($"{text} is {actual}, not {expected}");
    }

    /// <summary>Waits until it is so.</summary>
    internal static void Eventually(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string text = "")
    {
        long begin = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(begin) > s_limit / 2)
                throw new CheckFailedException($"still not so: {text}");
            Thread.Sleep(1);
        }
    }
}

/// <summary>A check did not hold.</summary>
internal sealed class CheckFailedException(string message) : Exception(message);
