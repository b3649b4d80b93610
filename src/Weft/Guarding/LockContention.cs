namespace Weft.Guarding;

/// <summary>
/// How often locks of .NET were contended, by which a convoy is suspected. The count is that of the whole process, so it is a reason to try
/// whether fewer threads do, and no more than that.
/// </summary>
internal sealed class LockContention
{
    private const long Second = 1_000_000_000;

    /// <summary>Fewer are met with in any program.</summary>
    private const int Least = 8;

    /// <summary>Of a hundred items that ended, two that had to wait for a lock: spinning spares most of them the wait.</summary>
    private const double OfItems = 0.02;

    /// <summary>
    /// How long a pool whose locks are contended goes on with the threads that it has, before it gets half as many again: until a hundred
    /// items have ended, if they end that fast. Where they end more slowly, they block for something else, too.
    /// </summary>
    private const long HoldNanoseconds = 50_000_000;
    private const long FirstHoldNanoseconds = 10_000_000;
    private const double HeldRate = 1_000 / 1e9; // items a nanosecond

    private long _last;
    private long _marked;

    // The last second or two.
    private long _recentAt;
    private long _recent;
    private long _older;

    internal void Add(long nowNanoseconds, long contentions)
    {
        _last = contentions;
        long passed = nowNanoseconds - _recentAt;
        if (passed < Second)
            return;
        (_recentAt, _recent) = (nowNanoseconds, passed >= 2 * Second ? contentions : _older);
        _older = contentions;
    }

    /// <summary>Begins to count anew, for <see cref="IsHigh"/>.</summary>
    internal void Mark() => _marked = _last;

    /// <summary>Whether enough threads had to wait for a lock, since a mark or of late, to form a convoy.</summary>
    internal bool IsHigh(in PoolLook mark, in PoolLook look) =>
        IsHighOfLate(look) || _last - _marked >= Math.Max(Least, OfItems * (look.Completed - mark.Completed));

    /// <summary>Whether more threads should wait until what there are has been seen at work.</summary>
    internal bool HoldsGrowth(in PoolLook mark, in PoolLook look)
    {
        long passed = look.TimeNanoseconds - mark.TimeNanoseconds;
        return passed < HoldNanoseconds
            && IsHighOfLate(look)
            && (passed < FirstHoldNanoseconds || TrialSize.Rate(mark, look) >= HeldRate);
    }

    private bool IsHighOfLate(in PoolLook look) =>
        look.Working >= Least && _last - _recent >= Math.Max(Least, look.Working / 2);
}
