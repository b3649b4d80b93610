namespace Weft.Guarding;

/// <summary>The greatest value of the last one to two spans of time.</summary>
internal sealed class RecentPeak(long spanNanoseconds)
{
    private long _begunNanoseconds;
    private int _before;
    private int _now;

    internal int Value => Math.Max(_before, _now);

    internal void Add(long timeNanoseconds, int value)
    {
        if (timeNanoseconds - _begunNanoseconds >= spanNanoseconds)
        {
            _before = timeNanoseconds - _begunNanoseconds >= 2 * spanNanoseconds ? value : _now;
            _now = value;
            _begunNanoseconds = timeNanoseconds;
        }

        _now = Math.Max(_now, value);
    }
}
