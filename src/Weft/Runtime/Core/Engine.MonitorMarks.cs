namespace Weft.Runtime.Core;

/// <content>
/// Whether the monitor has a thread. That is decided under the lock, together with what needs one: so there is one monitor at most, and it
/// does not go while something waits for it.
/// </content>
internal sealed partial class Engine
{
    /// <summary>The monitor is about to get a thread; false if it has one, or the engine has stopped.</summary>
    internal bool TryMarkMonitorRunning()
    {
        _lock.Enter();
        bool first = !_monitor.IsRunning && !IsStopped;
        if (first)
        {
            _monitor.MarkRunning(true);
            _factory.AddMonitor();
        }

        _lock.Exit();
        return first;
    }

    /// <summary>The monitor, marked gone, goes on after all, with the thread it has; false if another has been made.</summary>
    internal bool TryMarkMonitorStays()
    {
        _lock.Enter();
        bool stays = !_monitor.IsRunning && !IsStopped;
        if (stays)
            _monitor.MarkRunning(true);
        _lock.Exit();
        return stays;
    }

    internal void UnmarkMonitorRunning()
    {
        _lock.Enter();
        _monitor.MarkRunning(false);
        _factory.RemoveMonitor();
        _lock.Exit();
    }

    /// <summary>
    /// The monitor may go if there is no machine, none is being made, and nothing waits for one; nor a thread that may leave it something,
    /// nor anything that was left. That comes last: all of it was left before its thread was reaped.
    /// </summary>
    internal bool TryMarkMonitorGone()
    {
        _lock.Enter();
        bool free = _machines.Count == 0 && !_factory.HasRequests && !(_factory.HasShortage && _global.Count > 0 && !_stopRequested)
            && _factory.Threads <= 1 && !_monitor.HasErrands;
        if (free)
        {
            _monitor.MarkRunning(false);
            _factory.HasShortage = false; // nobody is left to end it
        }

        _lock.Exit();
        return free;
    }
}
