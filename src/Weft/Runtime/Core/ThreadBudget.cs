using Weft.Contracts;
using Weft.Threads;

namespace Weft.Runtime.Core;

/// <summary>
/// How far a scheduler goes while the system refuses threads, or has few left: it stops before the last, keeps fewer than it was refused
/// at, and comes back slowly. Used under the engine's lock.
/// </summary>
/// <remarks>
/// <para>
/// <b>States.</b> Without a refusal there is no limit here. A refusal at n threads sets the limit to 7/8 of n; from then on it grows by a
/// thread each pace. The next refusal within a minute doubles the pace. What is beyond the limit leaves: idle machines at once, others when
/// they have finished a goroutine.
/// </para>
/// <para>
/// <b>Room.</b> As the number of threads grows, the system is asked now and then what is left (<see cref="NeedsLook"/>): before the last
/// quarter is used, a request is refused here, without asking for the thread.
/// </para>
/// <para>
/// <b>No standstill.</b> All threads may be blocked by goroutines that wait for one which has none. So the monitor tells of
/// each look at the queues that finds work (<see cref="NoteWaitingWork"/>). If no goroutine was run for a while, a thread more is allowed,
/// and so on until one runs or all but the last few are used. A load that goes on needs no more threads to end.
/// </para>
/// </remarks>
internal sealed class ThreadBudget
{
    /// <summary>Below that nothing is refused here, and nothing given back: the monitor and three machines.</summary>
    internal const int Floor = ThreadAllowance.Least;

    /// <summary>In nanoseconds: slow against the threads that a burst asks for in that time, fast for a person that waits.</summary>
    internal const long FirstPace = 100_000_000;

    /// <summary>The shortest while that a load stands still before a thread more is allowed: the monitor asks again no sooner.</summary>
    internal const long ShortestStandstill = 10_000_000;

    /// <summary>Of a limit that stays where it is, one refusal in a while is noise.</summary>
    private const long LongestPace = 5_000_000_000;

    /// <summary>After that long without a refusal, what it was about is over.</summary>
    private const long MinuteOfPeace = 60_000_000_000;

    /// <summary>What is left is asked for again after that long, in case others have taken it.</summary>
    private const long LookPause = 1_000_000_000;

    /// <summary>A look costs as much as one or two threads.</summary>
    private const int MostThreadsPerLook = 256;

    /// <summary>
    /// Left in any case, if the system tells how many there are: without a thread for its compiler, .NET throws
    /// <see cref="OutOfMemoryException"/> wherever a method runs for the first time, and without one for the pool the process may end.
    /// </summary>
    private const int LastThreads = 2;

    private readonly Func<IThreadLimits?> _find;
    private IThreadLimits? _limits;
    private bool _isUnlimited;

    private long _base = long.MaxValue;
    private long _since;
    private long _pace = FirstPace;

    private int _lookAtThreads;
    private long _lookAtTime;

    private int _standstillThreads;
    private long _lastTicks = -1;
    private long _lastTicksSince;
    private long _lastStandstill;
    private long _standstillPace = FirstPace;

    /// <summary>Makes a budget without limits of its own.</summary>
    /// <param name="limits">The system's, if they are known already.</param>
    /// <param name="find">Finds them.</param>
    internal ThreadBudget(IThreadLimits? limits, Func<IThreadLimits?> find) => (_limits, _find) = (limits, find);

    /// <summary>Whether there was a refusal. May be read without the lock.</summary>
    internal bool HasLimit => Volatile.Read(ref _base) != long.MaxValue;

    /// <summary>Whether a scheduler that has <paramref name="threads"/> may ask the system for one more.</summary>
    internal bool Allows(long threads, long now) => threads < Floor || threads < _standstillThreads || threads < Limit(now);

    /// <summary>Whether a scheduler that has <paramref name="threads"/> should have fewer.</summary>
    internal bool IsExceededBy(long threads, long now) => threads > Floor && threads > _standstillThreads && threads > Limit(now);

    /// <summary>Whether the system should be asked first what is left.</summary>
    internal bool NeedsLook(long threads, long now) =>
        !_isUnlimited && threads >= Floor && (threads < _standstillThreads || threads >= _lookAtThreads || now >= _lookAtTime);

    /// <summary>
    /// Asks the system. Reads files: not under the lock, and not on a machine, which may be inside a wait of the runtime's.
    /// </summary>
    internal ThreadRoom Look() => (_limits ??= _find())?.TightestShared() ?? ThreadRoom.Unlimited;

    /// <summary>What the system said. Whether a scheduler that has <paramref name="threads"/> may have one more.</summary>
    internal bool NoteRoom(ThreadRoom room, long threads, long now)
    {
        _isUnlimited = room.Limit is null;
        if (threads < _standstillThreads)
            return room.Free > LastThreads;
        long reserve = Math.Clamp((Math.Min(room.Free, int.MaxValue) + threads) / 4, Floor, ThreadAllowance.Reserve);
        if (room.Free < reserve)
        {
            _base = Math.Min(_base, Math.Max(threads, Floor));
            _since = now;
            return false;
        }

        _lookAtThreads = (int)threads + (int)Math.Clamp((room.Free - reserve) / 2, 1, MostThreadsPerLook);
        _lookAtTime = now + LookPause;
        return true;
    }

    /// <summary>The system has refused a thread to a scheduler that has <paramref name="threads"/>.</summary>
    internal void NoteRefusal(long threads, long now)
    {
        bool isNews = _base == long.MaxValue || now - _since > MinuteOfPeace;
        _pace = isNews ? FirstPace : Math.Min(_pace * 2, LongestPace);
        _base = Math.Max(Floor, threads - Math.Max(1, threads / 8));
        _since = now;
        _standstillThreads = 0;
        _standstillPace = Math.Min(_standstillPace * 2, FirstPace); // as before this thread was allowed
    }

    /// <summary>Work waits for a thread. <paramref name="ticks"/> grows with each goroutine that is run.</summary>
    internal void NoteWaitingWork(long ticks, long threads, long now)
    {
        if (ticks != _lastTicks)
        {
            if (now - _lastStandstill > FirstPace)
                _standstillPace = FirstPace;
            (_lastTicks, _lastTicksSince) = (ticks, now);
            _standstillThreads = 0;
        }
        else if (now - _lastTicksSince >= _standstillPace)
        {
            _lastTicksSince = _lastStandstill = now;
            _standstillPace = Math.Max(_standstillPace / 2, ShortestStandstill);
            _standstillThreads = (int)Math.Min(threads + 1, int.MaxValue);
        }
    }

    private long Limit(long now) => _base == long.MaxValue ? long.MaxValue : _base + ((now - _since) / _pace);
}
