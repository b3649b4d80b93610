using Weft.Runtime.Host;

namespace Weft.Guarding;

/// <summary>
/// The pool's minimum of threads, which the guard shares with the user: what the user sets becomes the least that the guard goes back to.
/// For the guard's thread only.
/// </summary>
/// <remarks>
/// The user's value is told from the guard's by comparing: whatever is not what the guard has set last, the user has set. What the user
/// sets between the guard's reading and its setting, a microsecond, is lost; so is a value that happens to be the guard's own.
/// </remarks>
internal sealed class PoolMinimum
{
    private int _set = -1;
    private int _seenAdded;

    /// <summary>What the user wants at least.</summary>
    internal int OfUser { get; private set; }

    /// <summary>What is in force.</summary>
    internal int Current { get; private set; }

    /// <summary>
    /// Whether the pool has taken the last value that it was given. A minimum of the program's configuration cannot be changed.
    /// </summary>
    internal bool IsObeyed { get; private set; } = true;

    /// <summary>Reads what is in force.</summary>
    internal void Read()
    {
        ThreadPool.GetMinThreads(out int workers, out _);
        if (workers != _set)
        {
            // What was added because the pool counts threads that it was refused stays; what the guard had added then does not.
            int added = ScarceThreads.AddedToMinimum - _seenAdded;
            _seenAdded += added;
            (OfUser, _set) = (added > 0 ? OfUser + added : workers, workers);
        }

        Current = workers;
    }

    /// <summary>Raises the minimum, or lowers it; not below the user's.</summary>
    internal void Set(int minimum)
    {
        Read();
        int before = Current;
        minimum = Math.Max(minimum, OfUser);
        if (minimum == before)
            return;
        ThreadPool.GetMinThreads(out _, out int ports);

        // The pool may make a thread at once, here, and the system may refuse it.
        ScarceThreads.Try(static values => ThreadPool.SetMinThreads(values.minimum, values.ports), (minimum, ports));
        ThreadPool.GetMinThreads(out int workers, out _);
        IsObeyed = workers != before || ScarceThreads.MayBeRefused;
        (Current, _set) = (workers, workers);
        if (workers == minimum && minimum < before)
            LowerGoal(minimum);
    }

    /// <summary>
    /// Tells the pool to run no more threads than its new minimum. A lower minimum alone changes nothing until threads have been idle for
    /// as long as they are kept: the pool goes on with the number that the higher one has led it to, on work that computes, too. A maximum
    /// below that number lowers it at once, and the pool goes on from there, with the user's maximum again.
    /// </summary>
    private static void LowerGoal(int minimum)
    {
        ThreadPool.GetMaxThreads(out int most, out int ports);
        if (minimum < most && ThreadPool.SetMaxThreads(minimum, ports))
            ThreadPool.SetMaxThreads(most, ports);
    }
}
