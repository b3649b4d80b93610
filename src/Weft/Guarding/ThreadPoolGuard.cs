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
    private static readonly Lock s_lock = new();

    // Under the lock.
    private static GuardThread? s_thread;
    private static GuardAudience s_audience = new();

    private readonly int _maxThreads;

    // Kept for statistics after the end.
    private readonly GuardRecord _record;

    // Under the lock.
    private bool _isDisposed;

    private ThreadPoolGuard(GuardRecord record, int maxThreads) => (_record, _maxThreads) = (record, maxThreads);

    /// <summary>
    /// The guard changed the pool's minimum, or could not. Handlers run one after the other on a thread of the guard's, and may block;
    /// while they do, changes wait, at most 1,000. An exception that leaves one ends the process. What the end of the guard changes is told
    /// by <see cref="Dispose"/>, on the thread that calls it; or, while a handler runs, by the guard's thread afterwards.
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
        bool isTimeoutIgnored = PoolTimeout.IsTooLateToSet(options.ThreadTimeout);
        lock (s_lock)
        {
            GuardAudience audience = s_thread is null ? new GuardAudience() : s_audience;
            int most = Math.Max(options.MaxThreads, audience.Guards.Select(static guard => guard._maxThreads).DefaultIfEmpty().Max());
            s_thread ??= new GuardThread(most, audience.Tell);
            s_audience = audience;
            s_thread.Allowed = most;
            if (isTimeoutIgnored)
                s_thread.Record.NoteTimeoutIgnored();
            GuardMetrics.Record = s_thread.Record;
            var guard = new ThreadPoolGuard(s_thread.Record, options.MaxThreads);
            audience.Guards = [.. audience.Guards, guard];
            return guard;
        }
    }

    /// <summary>
    /// Ends this guard. If it is the last, sets the pool's minimum to what the user has set, waits until the guard's thread is gone, and
    /// raises <see cref="Changed"/> for what has not been told yet. Can be called any number of times, by a handler, too.
    /// </summary>
    public void Dispose()
    {
        GuardThread ended;
        lock (s_lock)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            ThreadPoolGuard[] left = [.. s_audience.Guards.Where(guard => guard != this)];
            if (left.Length > 0)
            {
                s_audience.Guards = left;
                s_thread!.Allowed = left.Max(static guard => guard._maxThreads);
                return;
            }

            // Inside the lock, so that the next guard's thread does not begin before this one has given the user's minimum back.
            ended = s_thread!;
            GuardMetrics.Record = null;
            ended.End();
            s_thread = null;
        }

        ended.TellRest();
    }

    internal void Tell(ThreadPoolGuardEventArgs change) => Changed?.Invoke(this, change);
}
