using Weft.Threads;

namespace Weft.Guarding;

/// <summary>
/// Keeps the pool's maximum below what the system gives to the process. When the system refuses a thread to the pool, .NET ends the
/// process; and a pool that starves asks for one after the other, guard or not. For the guard's thread only.
/// </summary>
/// <remarks>
/// Where no limit is near, the maximum stays what the user has set. As with the minimum, a value that is not what the guard has set last is
/// the user's.
/// </remarks>
internal sealed class PoolMaximum(IThreadLimits? limits)
{
    /// <summary>
    /// Threads that .NET makes besides those of the pool: its watcher, the one that fires timers, the compiler's, those that sockets and
    /// signals need; and two of the guard's.
    /// </summary>
    private const int Reserve = 12;

    /// <summary>With that much room left, the limit is not near: nothing makes more threads in the time between two looks.</summary>
    private const int Ample = 1_024;

    /// <summary>A pool that starves makes two threads in a second by itself; to ask takes some 50 us.</summary>
    private const long PauseNanoseconds = 100_000_000;

    private long _askedAt = long.MinValue / 2;
    private int _ofUser;
    private int _set = -1;

    /// <summary>
    /// Asks the system, if that was not done just now, and sets the maximum accordingly. A pool in which nothing waits makes no thread, and
    /// is left alone.
    /// </summary>
    internal void Update(in PoolLook look)
    {
        if (limits is null || look.Pending == 0 || look.TimeNanoseconds - _askedAt < PauseNanoseconds)
            return;
        _askedAt = look.TimeNanoseconds;
        long free = limits.TightestShared().Free;
        ThreadPool.GetMaxThreads(out int most, out int ports);
        if (most != _set)
            (_ofUser, _set) = (most, most);
        long allowed = free >= Ample ? int.MaxValue : ThreadPool.ThreadCount + Math.Max(0, free - Reserve);
        Set(Math.Max((int)Math.Min(allowed, _ofUser), look.Minimum), ports);
    }

    /// <summary>Gives the user's maximum back, unless the user has set another one meanwhile.</summary>
    internal void Restore()
    {
        ThreadPool.GetMaxThreads(out int most, out int ports);
        if (most == _set)
            Set(_ofUser, ports);
    }

    private void Set(int most, int ports)
    {
        if (most != _set && ThreadPool.SetMaxThreads(most, ports))
            _set = most;
    }
}
