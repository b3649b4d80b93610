using System.Runtime.CompilerServices;

namespace Weft.Tests.Support;

/// <summary>Measures what a piece of code allocates in the steady state.</summary>
internal static class Allocations
{
    /// <summary>
    /// What other threads of the process may allocate meanwhile: the test framework's and the watchdog's. An operation that allocated the
    /// smallest object, 24 bytes, even once in a hundred times would exceed it twenty times over in <see cref="Operations"/>.
    /// </summary>
    public const long Allowance = 1_024;

    /// <summary>How many operations to measure.</summary>
    public const int Operations = 100_000;

    // A collection or a compilation in the background that falls into one measurement does not fall into all; nor does, on a busy system, a
    // machine that the monitor starts because the one that runs the operations has no CPU. An operation that allocates does so each time.
    private const int Attempts = 25;

    /// <summary>Runs it for warming up, then measured; fails if each time something was allocated, by whatever thread.</summary>
    /// <param name="operations">Does <see cref="Operations"/> operations; called again and again by the same goroutine.</param>
    /// <param name="what">What it is, for the message.</param>
    public static async Task AssertNoneAsync(Func<ValueTask> operations, [CallerArgumentExpression(nameof(operations))] string what = "")
    {
        await operations();
#if RUNTIME_ASYNC
        Assert.Skip(
                "Compiled with runtime-async, these tests allocate where they are suspended: "
                + "the runtime keeps their state in objects of its own.");
#endif
        long least = long.MaxValue;
        for (int attempt = 0; attempt < Attempts && least > Allowance; attempt++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            await operations();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        Assert.True(least <= Allowance, $"{least} bytes for {Operations} operations of {what}.");
    }
}
