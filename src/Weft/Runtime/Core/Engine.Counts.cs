namespace Weft.Runtime.Core;

/// <content>What can be asked without the lock.</content>
internal sealed partial class Engine
{
    internal long GoroutinesAlive => GoroutinesStarted - GoroutinesEnded;

    internal long GoroutinesStarted => Volatile.Read(ref _startedOutside) + Processors.Sum(p => Volatile.Read(ref p.GoroutinesStarted));

    internal long GoroutinesEnded => Volatile.Read(ref _endedOutside) + Processors.Sum(p => Volatile.Read(ref p.GoroutinesEnded));

    internal long GoroutinesCancelled => Interlocked.Read(ref _goroutinesCancelled);

    internal int GlobalQueueCount => _global.Count;

    internal int SpinningCount => Volatile.Read(ref _spinning);
}
