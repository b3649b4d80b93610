using Weft.Channels;

namespace Weft;

/// <summary>The time a <see cref="Select"/> waits at most; made by <see cref="Select.Timeout"/>.</summary>
public sealed class TimeoutCase : SelectCase
{
    private TimeSpan _duration;
    private SelectTimer? _timer;

    internal TimeoutCase(Select select, int index, TimeSpan duration)
        : base(select, index) => Duration = duration;

    /// <summary>How long a wait lasts at most; infinite switches the case off. May be changed between two waits.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, and not infinite.</exception>
    /// <exception cref="InvalidOperationException">Set while the select waits.</exception>
    public TimeSpan Duration
    {
        get => _duration;
        set
        {
            if (value < TimeSpan.Zero && value != System.Threading.Timeout.InfiniteTimeSpan)
                throw new ArgumentOutOfRangeException(nameof(Duration), value, $"{nameof(Duration)} must not be negative, unless it is infinite.");
            Select.NoteChange(false);
            _duration = value;
        }
    }

    internal override bool TryNow(out Scheduling.Operation? counterpart)
    {
        counterpart = null;
        return false;
    }

    internal override void Arm(SelectOperation operation)
    {
        if (_duration == System.Threading.Timeout.InfiniteTimeSpan)
            return;
        long deadline = Scheduling.MonotonicClock.Now + Scheduling.MonotonicClock.Nanoseconds(_duration);
        if (_timer is null || !_timer.TrySet(operation, deadline))
        {
            _timer = new SelectTimer(Index);
            _timer.TrySet(operation, deadline);
        }
    }

    internal override void Disarm() => _timer?.Reset();
}
