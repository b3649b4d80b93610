using Weft.Contracts;

namespace Weft;

/// <summary>
/// How a <see cref="ThreadPoolGuard"/> behaves. A value out of range is refused by <see cref="ThreadPoolGuard.Start"/> with an
/// <see cref="ArgumentException"/> that names the option.
/// </summary>
/// <remarks>Cannot be changed once made, and so may be used by any number of threads and guards.</remarks>
/// <example>
/// <code>
/// using ThreadPoolGuard guard = ThreadPoolGuard.Start(new ThreadPoolGuardOptions { MaxThreads = 500 });
/// </code>
/// </example>
public sealed class ThreadPoolGuardOptions
{
    private const int LeastThreads = 1;
    private const int MostThreads = 32_767;

    private static readonly TimeSpan s_leastTimeout = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_mostTimeout = TimeSpan.FromDays(1);

    /// <summary>
    /// The most threads that the guard lets the pool make without hesitation; 1 to 32,767, which is the pool's own limit. Default: 10,000.
    /// </summary>
    /// <remarks>
    /// The guard stays below it where the process may not have as many: it leaves 32 threads and half of the free memory to the rest, by
    /// the limits of control groups, users and the system. Up to 1,024 it needs no more reason than work that waits while processors are
    /// idle; beyond them it first tries whether fewer would do.
    /// </remarks>
    public int MaxThreads { get; init; } = ThreadAllowance.Most;

    /// <summary>
    /// How long the pool keeps a thread that has nothing to do, from 100 ms to one day; null to leave that to .NET, which keeps it for 20
    /// s. Default: 5 s.
    /// </summary>
    /// <remarks>
    /// .NET reads this once, when the pool is first used: a guard that is started later changes nothing, and says so
    /// (<see cref="ThreadPoolGuardAction.ThreadTimeoutIgnored"/>). It can also be set for every
    /// start of a program, by <c>System.Threading.ThreadPool.ThreadTimeoutMs</c> in its configuration or
    /// <c>DOTNET_ThreadPool_ThreadTimeoutMs</c> in its environment (a decimal number), and then the option is without effect.
    /// </remarks>
    public TimeSpan? ThreadTimeout { get; init; } = TimeSpan.FromSeconds(5);

    internal void Validate()
    {
        if (MaxThreads is < LeastThreads or > MostThreads)
        {
            throw new ArgumentOutOfRangeException(
                nameof(MaxThreads),
                MaxThreads,
                $"{nameof(MaxThreads)} must be {LeastThreads} to 32,767, the most that .NET's pool can have.");
        }

        if (ThreadTimeout is TimeSpan timeout && (timeout < s_leastTimeout || timeout > s_mostTimeout))
        {
            throw new ArgumentOutOfRangeException(
                nameof(ThreadTimeout), timeout, $"{nameof(ThreadTimeout)} must be 100 ms to one day, or null for .NET's 20 s.");
        }
    }
}
