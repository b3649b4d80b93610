namespace Weft.Runtime.Watching;

/// <summary>
/// Says how many waiting goroutines are to get their turn although as many goroutines as may compute on without a processor
/// (<see cref="SchedulerOptions.MaxComputingExtra"/>), and none of those that have one gives it up. Used by the monitor only.
/// </summary>
/// <remarks>
/// A goroutine that computes cannot be stopped: its frames are on its thread's stack. If it waits for what another is to do, as when it
/// spins on a flag, that one has to get a thread all the same. So beyond the limit the number of computing goroutines grows slowly, and
/// does not come to a full stop. While turns come about by themselves, because goroutines end or wait, nothing is done here.
/// </remarks>
internal sealed class StallRelief
{
    /// <summary>
    /// Time slices without any turn before there is relief: enough that it stays out of loads in which a goroutine ends every tenth of a
    /// second, and short enough for a person that waits.
    /// </summary>
    internal const int TimeSlices = 10;

    /// <summary>
    /// The most turns at a time. The number doubles up to here while no turn comes about otherwise, or hundreds of goroutines that all spin
    /// would be got through one by one; and no further, since each may be a thread that computes for long: some 160 threads a second.
    /// </summary>
    internal const int MostTurns = 16;

    private long _last = long.MinValue / 2;
    private int _turns = 1;

    /// <summary>How many goroutines get their turn now; zero while it is not time.</summary>
    /// <param name="now">Nanoseconds on the monotonic clock.</param>
    /// <param name="lastTurn">When a processor was last seen to have gone on to another goroutine, on the same clock.</param>
    /// <param name="timeSlice">Nanoseconds.</param>
    internal int TurnsDue(long now, long lastTurn, long timeSlice)
    {
        if (lastTurn > _last)
            _turns = 1;
        if (now - Math.Max(lastTurn, _last) < TimeSlices * timeSlice)
            return 0;
        int due = _turns;
        _last = now;
        _turns = Math.Min(2 * _turns, MostTurns);
        return due;
    }
}
