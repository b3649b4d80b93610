namespace Weft.Hosting;

/// <summary>Remembers when a scheduler last wanted a thread and could not have it.</summary>
internal sealed class ShortageMemory
{
    /// <summary>
    /// Longer than a load balancer takes from one health check to the next, so that none misses a shortage; a shortage that lasts raises
    /// the event again and again.
    /// </summary>
    private static readonly TimeSpan s_length = TimeSpan.FromSeconds(30);

    // In milliseconds of the system's tick count.
    private long _last = long.MinValue;
    private volatile ThreadShortageEventArgs? _what;

    internal ShortageMemory(Scheduler scheduler) => scheduler.ThreadShortage += (_, shortage) =>
    {
        _what = shortage;
        Volatile.Write(ref _last, Environment.TickCount64);
    };

    /// <summary>The last shortage, if it was a short time ago.</summary>
    internal ThreadShortageEventArgs? Recent =>
        _what is { } what && Environment.TickCount64 - Volatile.Read(ref _last) < s_length.TotalMilliseconds ? what : null;
}
