using System.Diagnostics;

namespace Weft.Threads;

/// <summary>
/// Keeps the last of something that the process may have only so much of - mappings, bytes of address space - from threads, for the rest of
/// the program: .NET ends the process when its compiler, its collector or a thread's first steps are refused either. May be used from any
/// thread; never enters a managed wait.
/// </summary>
/// <remarks>
/// What is free is looked at rarely, as a look may cost as much as many threads: not before half of what was free beyond the reserve is
/// used, nor more often than it is worth, but after a while in any case, since others use it, too. Within the reserve there is one thread
/// at a time, each after a look and a pause, so that a program whose threads wait for one that it has not got goes on, slowly; down to what
/// is never given.
/// </remarks>
internal sealed class ScarceRoom
{
    /// <summary>
    /// In milliseconds. Within the reserve a thread comes after that long: slow against a burst, fast for a person who waits.
    /// </summary>
    internal const long Pace = 100;

    /// <summary>
    /// In milliseconds. After a refusal by the system nothing is given for that long, and then only if a look finds enough: a system that
    /// refuses now and then, for reasons of its own, holds nobody up.
    /// </summary>
    internal const long RefusalPause = 20;

    /// <summary>In milliseconds. What was seen is believed for so long, or for as long as looks are to be apart.</summary>
    internal const long Fresh = 1_000;

    // Looks take at most that part of the time, with plenty and within the reserve.
    private const long ShareWithPlenty = 100;
    private const long ShareInReserve = 10;

    private readonly Func<long> _look;
    private readonly long _reserve;
    private readonly long _never;
    private readonly FutexLock _lock;

    // Guarded by _lock. What may be given until the next look; in the reserve:
    // one thread or none, if that much was free beyond what is never given.
    private long _granted;
    private long _lookAt = long.MaxValue;
    private bool _isScarce;

    /// <summary>Makes a room that was not looked at yet.</summary>
    /// <param name="platform">What the lock waits on.</param>
    /// <param name="look">Says how much is free now; <see cref="long.MaxValue"/>: there is no limit, or it is not known.</param>
    /// <param name="reserve">What is left to the rest of the program if that is possible.</param>
    /// <param name="never">What is left to it in any case.</param>
    internal ScarceRoom(IThreadPlatform platform, Func<long> look, long reserve, long never)
    {
        (_look, _reserve, _never) = (look, reserve, never);
        _lock = new FutexLock(platform);
    }

    /// <summary>Whether the last look found less than the reserve, or the system has refused something since.</summary>
    internal bool IsScarce => Volatile.Read(ref _isScarce);

    /// <summary>Whether a number of threads, each of which needs that much, can be made.</summary>
    /// <param name="each">What a thread needs.</param>
    /// <param name="threads">How many.</param>
    /// <param name="now">In milliseconds.</param>
    internal bool TryReserve(long each, int threads, long now)
    {
        _lock.Enter();
        if (now >= _lookAt || (!_isScarce && _granted < each * threads))
            Look(each, now);
        bool given = _granted >= each * threads && (threads == 1 || !_isScarce);
        if (given)
            _granted = _isScarce ? 0 : _granted - (each * threads);
        _lock.Exit();
        return given;
    }

    /// <summary>The system has refused it: nothing is given for a while, and then only after a look.</summary>
    internal void NoteRefusal(long now)
    {
        _lock.Enter();
        _isScarce = true;
        _granted = 0;
        _lookAt = now + RefusalPause;
        _lock.Exit();
    }

    private void Look(long each, long now)
    {
        long begin = Stopwatch.GetTimestamp();
        long free = _look();
        long cost = (long)Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        long half = (free - _reserve) / 2;
        _isScarce = half < each;
        if (_isScarce)
        {
            _granted = Math.Max(0, free - _never);
            _lookAt = now + Math.Max(Pace, cost * ShareInReserve);
        }
        else
        {
            _granted = half;
            _lookAt = now + Math.Max(Fresh, cost * ShareWithPlenty);
        }
    }
}
