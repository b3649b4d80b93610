using System.Runtime.CompilerServices;

namespace Weft.Tests.Support;

/// <summary>
/// Goroutines for tests: what leaves the body goes to the test that awaits it, so that a failing assertion fails its test and not the
/// process.
/// </summary>
internal static class StartExtensions
{
    /// <summary>Starts a body that may fail its test.</summary>
    public static Goroutine<bool> StartChecked(
        this Scheduler scheduler,
        Func<Task> body,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        scheduler.Start(
            async () =>
            {
                await body();
                return true;
            },
            file,
            line);

    /// <summary>Starts a synchronous body that may fail its test.</summary>
    public static Goroutine<bool> StartChecked(
        this Scheduler scheduler,
        Action body,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        scheduler.Start(
            () =>
            {
                body();
                return true;
            },
            file,
            line);

    /// <summary>Starts the same body several times.</summary>
    public static Goroutine<bool>[] StartMany(this Scheduler scheduler, int count, Func<int, Task> body) =>
        [.. Enumerable.Range(0, count).Select(i => scheduler.StartChecked(() => body(i)))];

    /// <summary>Starts the same synchronous body several times.</summary>
    public static Goroutine<bool>[] StartMany(this Scheduler scheduler, int count, Action<int> body) =>
        [.. Enumerable.Range(0, count).Select(i => scheduler.StartChecked(() => body(i)))];
}
