using Weft.Channels.Selecting;
using Weft.Runtime.Host;
using Weft.Waiting;

namespace Weft;

/// <summary>The time a <see cref="Select"/> waits at most; made by <see cref="Select.Timeout"/>.</summary>
public sealed class TimeoutCase : SelectCase
{
    private TimeSpan _duration;
    private SelectTimer? _timer;

    internal TimeoutCase(Select select, int index, TimeSpan duration)
        : base(select, index) => Duration = duration;

    /// <summary>
    /// How long a wait lasts at most; zero or less: the case wins at once if no other does. <see cref="TimeSpan.MaxValue"/> switches it
    /// off. May be changed between two waits.
    /// </summary>
    /// <exception cref="InvalidOperationException">Set while the select waits.</exception>
    public TimeSpan Duration
    {
        get => _duration;
        set
        {
            Select.NoteChange(ofChannel: false);
            _duration = value;
        }
    }

    private protected override string What => _duration == TimeSpan.MaxValue ? "time-out (off)" : $"time-out after {_duration}";

    internal override bool TryNow(out Operation? counterpart)
    {
        counterpart = null;
        return false;
    }

    internal override void Arm(SelectOperation operation)
    {
        if (_duration == TimeSpan.MaxValue)
            return;
        long deadline = MonotonicClock.Now + MonotonicClock.Nanoseconds(_duration);
        if (_timer is null || !_timer.TrySet(operation, deadline))
        {
            _timer = new SelectTimer(Index);
            _timer.TrySet(operation, deadline);
        }
    }

    internal override void Disarm() => _timer?.Reset();
}
