using Weft.Runtime.Host;
using Weft.Runtime.Timers;

namespace Weft.Channels;

/// <summary>What fills the channel of <see cref="Go.After"/>.</summary>
internal sealed class AfterTimer : ITimerTarget
{
    internal long Start { get; } = MonotonicClock.Now;

    internal Chan<TimeSpan> Channel { get; } = new(1);

    TimerEntryState ITimerTarget.EntryState { get; set; }

    void ITimerTarget.Fire() =>
        Channel.TrySendUnlessClosed(TimeSpan.FromTicks((MonotonicClock.Now - Start) / TimeSpan.NanosecondsPerTick));
}
