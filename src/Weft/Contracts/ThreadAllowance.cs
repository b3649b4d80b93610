using System.Globalization;
using Weft.Threads;

namespace Weft.Contracts;

/// <summary>How many threads a scheduler may have, and why.</summary>
/// <param name="Threads">The most it may have, the monitor included.</param>
/// <param name="Reason">For people.</param>
internal readonly record struct ThreadAllowance(int Threads, string Reason)
{
    /// <summary>
    /// What a scheduler may have at most by default: Go's figure, far more than is of use. A program that has as many threads that block is
    /// better off if it is told so than if the machine has no memory left.
    /// </summary>
    internal const int Most = 10_000;

    /// <summary>The least that can be asked for: the monitor, and machines enough that one runs while others block.</summary>
    internal const int Least = 4;

    /// <summary>
    /// Threads left to the rest of the process. .NET makes a thread of its pool for each CPU whenever it wants, and some ten besides: the
    /// pool's watcher, the one that fires timers, those that compile and collect in the background, handle signals, wait for sockets. If
    /// one of them is refused, the process may end. What is left over is for threads that the program makes itself.
    /// </summary>
    internal static int Reserve { get; } = Math.Max(32, Environment.ProcessorCount + 16);

    /// <summary>A value that somebody has chosen is taken as it is.</summary>
    internal static ThreadAllowance Given(int threads) => new(threads, "as given");

    /// <summary>
    /// From what the process may have now: all but the reserve; of little, a quarter all the same, so that work goes on and most is left
    /// for the rest.
    /// </summary>
    internal static ThreadAllowance From(IThreadLimits? limits)
    {
        ThreadRoom room = limits?.Tightest() ?? ThreadRoom.Unlimited;
        if (room.Limit is null || room.Free >= Most + Reserve)
            return new ThreadAllowance(Most, "by default");
        int threads = (int)Math.Max(Math.Max(room.Free - Reserve, room.Free / 4), Least);
        long left = Math.Max(0, room.Free - threads);
        return new ThreadAllowance(threads, string.Create(CultureInfo.InvariantCulture, $"{room.Limit}, {left} left for the rest"));
    }
}
