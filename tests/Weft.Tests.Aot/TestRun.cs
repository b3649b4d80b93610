using System.Diagnostics;
using System.Reflection;
using System.Runtime.ExceptionServices;
using Weft.Tests.Support;

namespace Weft.Tests.Aot;

/// <summary>Runs tests one after the other, as <c>AssemblyInfo.cs</c> wants, each under the watchdog.</summary>
internal static class TestRun
{
    /// <summary>How xunit marks the message of the exception that <c>Assert.Skip</c> throws.</summary>
    private const string SkipToken = "$XunitDynamicSkip$";

    /// <summary>The program's exit code; a run of no test is a failure.</summary>
    public static int Run(IEnumerable<TestCase> tests)
    {
        int passed = 0, failed = 0, skipped = 0;
        foreach (TestCase test in tests)
        {
            HangWatchdog.Expect(test.Name, HangWatchAttribute.LimitOf(test.Method));
            long begin = Stopwatch.GetTimestamp();
            Exception? problem = Try(test);
            double milliseconds = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            if (problem is null)
            {
                passed++;
            }
            else if (problem.Message.StartsWith(SkipToken, StringComparison.Ordinal))
            {
                skipped++;
                Console.WriteLine($"skipped {test.Name}: {problem.Message[SkipToken.Length..]}");
            }
            else
            {
                failed++;
                Console.WriteLine($"FAILED {test.Name} ({milliseconds:F0} ms)\n{problem}");
            }
        }

        Console.WriteLine($"{passed} passed, {failed} failed, {skipped} skipped");
        return failed > 0 || passed == 0 ? 1 : 0;
    }

    // On a thread of the pool, as with xunit's runner: no test may depend on the main thread's.
    private static Exception? Try(TestCase test)
    {
        try
        {
            Task.Run(() => RunAsync(test)).GetAwaiter().GetResult();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private static async Task RunAsync(TestCase test)
    {
        object instance = Unwrap(() => test.Class.GetConstructor([])!.Invoke(null));
        try
        {
            switch (Unwrap(() => test.Method.Invoke(instance, test.Arguments)!))
            {
                case Task task:
                    await task;
                    break;
                case ValueTask task:
                    await task;
                    break;
                case null when test.Method.ReturnType == typeof(void):
                    break;
                default:
                    throw new InvalidOperationException($"{test.Name} returns what this runner cannot wait for.");
            }
        }
        finally
        {
            if (instance is IAsyncDisposable asynchronous)
                await asynchronous.DisposeAsync();
            else
                (instance as IDisposable)?.Dispose();
        }
    }

    private static object Unwrap(Func<object> call)
    {
        try
        {
            return call();
        }
        catch (TargetInvocationException e) when (e.InnerException is { } inner)
        {
            ExceptionDispatchInfo.Throw(inner);
            throw;
        }
    }
}
