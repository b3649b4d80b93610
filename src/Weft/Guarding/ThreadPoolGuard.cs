using Weft.Guarding;
using Weft.Threads;

namespace Weft;

/// <summary>
/// Keeps .NET's thread pool from starving: while work waits for a thread because those there block, and processors are idle, it raises the
/// pool's minimum of threads, and lowers it again afterwards. It helps all code in the process, without a change to any.
/// </summary>
/// <remarks>
/// <para>
/// The pool makes one or two threads a second when its threads block, so a burst of calls that block stops a service for minutes. The usual
/// cure, <see cref="ThreadPool.SetMinThreads"/>, is a guess that holds for good. A guard finds the number as it is needed: a pool that
/// computes gets no more threads, however much work waits, and threads that bring nothing are taken back.
/// </para>
/// <para>
/// The pool belongs to the process, so the guards in it share one thread: the pool is guarded until the last of them is disposed, which
/// sets the minimum to what the user has set. The greatest of their <see cref="ThreadPoolGuardOptions.MaxThreads"/> holds. A minimum that
/// is set meanwhile, by <see cref="ThreadPool.SetMinThreads"/>, is the least that the guard goes back to. To lower the number of threads at
/// once, the guard lowers the pool's maximum for some microseconds.
/// </para>
/// <para>All members may be used from any thread.</para>
/// </remarks>
/// <example>
/// <code>
/// using ThreadPoolGuard guard = ThreadPoolGuard.Start();
/// guard.Changed += static (_, change) => Console.Error.WriteLine(change.Description);
/// </code>
/// </example>
public sealed class ThreadPoolGuard : IDisposable
{
    private const string TimeoutSetting = "System.Threading.ThreadPool.ThreadTimeoutMs";
    private const string TimeoutVariable = "DOTNET_ThreadPool_ThreadTimeoutMs";

    private static readonly Lock s_lock = new();

    // Under the lock. The array is replaced, never changed: the thread that tells reads it without the lock.
    private static GuardThread? s_thread;
    private static volatile ThreadPoolGuard[] s_guards = [];

    private readonly int _maxThreads;

    // Kept for statistics after the end.
    private readonly GuardRecord _record;

    private ThreadPoolGuard(GuardRecord record, int maxThreads) => (_record, _maxThreads) = (record, maxThreads);

    /// <summary>
    /// The guard changed the pool's minimum, or could not. Handlers run one after the other on a thread of the guard's, and may block;
    /// while they do, changes wait, at most 1,000. An exception that leaves one ends the process.
    /// </summary>
    public event EventHandler<ThreadPoolGuardEventArgs>? Changed;

    /// <summary>What the guard has done since the first guard of those that are there now was started.</summary>
    public ThreadPoolGuardStatistics Statistics => _record.Statistics;

    /// <summary>Starts to guard the pool, until the result is disposed.</summary>
    /// <param name="options">How; null for the defaults.</param>
    /// <returns>What ends it.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="OSThreadStartException">The system refused the guard's thread.</exception>
    /// <exception cref="PlatformNotSupportedException">The platform has one thread only.</exception>
    public static ThreadPoolGuard Start(ThreadPoolGuardOptions? options = null)
    {
        options ??= new ThreadPoolGuardOptions();
        options.Validate();
        SetTimeout(options.ThreadTimeout);
        lock (s_lock)
        {
            int most = Math.Max(options.MaxThreads, s_guards.Select(static guard => guard._maxThreads).DefaultIfEmpty().Max());
            s_thread ??= new GuardThread(most, Tell);
            s_thread.Allowed = most;
            var guard = new ThreadPoolGuard(s_thread.Record, options.MaxThreads);
            s_guards = [.. s_guards, guard];
            return guard;
        }
    }

    /// <summary>
    /// Ends this guard. If it is the last, sets the pool's minimum to what the user has set, and waits until the guard's thread is gone.
    /// Can be called any number of times.
    /// </summary>
    public void Dispose()
    {
        lock (s_lock)
        {
            if (!s_guards.Contains(this))
                return;
            s_guards = [.. s_guards.Where(guard => guard != this)];
            if (s_guards.Length > 0)
            {
                s_thread!.Allowed = s_guards.Max(static guard => guard._maxThreads);
                return;
            }

            // Inside the lock, so that the next guard's thread does not begin before this one has given the user's minimum back.
            s_thread!.End();
            s_thread = null;
        }
    }

    /// <summary>Has the pool keep idle threads for that long, if it has not been used yet and nobody has said otherwise.</summary>
    private static void SetTimeout(TimeSpan? timeout)
    {
        if (timeout is not TimeSpan span || AppContext.GetData(TimeoutSetting) is not null)
            return;
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(TimeoutVariable)))
            AppContext.SetData(TimeoutSetting, (int)span.TotalMilliseconds);
    }

    private static void Tell(ThreadPoolGuardEventArgs change)
    {
        foreach (ThreadPoolGuard guard in s_guards)
            guard.Changed?.Invoke(guard, change);
    }
}
