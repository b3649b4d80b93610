using Weft.Channels;

namespace Weft.Scheduling;

/// <summary>What only few goroutines need; made on first use so that the others stay small.</summary>
internal sealed class GoroutineExtra
{
    /// <summary>The source of <see cref="Goroutine.Completion"/>, once somebody asked.</summary>
    internal TaskCompletionSource? Completion;

    /// <summary>Why it will never end, once the scheduler is disposed.</summary>
    internal Exception? Abandoned { get; set; }

    /// <summary>The machine the goroutine is locked to; written by <see cref="Goroutine.LockedMachine"/>.</summary>
    internal Machine? LockedMachine { get; set; }

    /// <summary>Locks taken and not undone; the goroutine is locked while it is above zero.</summary>
    internal int LockCount { get; set; }

    /// <summary>Whether the thread is to be kept when the goroutine ends locked.</summary>
    internal bool KeepThread { get; set; }

    /// <summary>Made with the first lock: what wakes the locked goroutine from a wait when something is posted to it.</summary>
    internal LockedWait? LockedWait { get; set; }

    /// <summary>Made when it first uses a select again and again.</summary>
    internal KeptSelects? KeptSelects { get; set; }
}
