namespace Weft.Runtime.Core;

/// <content>What thieves do here: the machines of other processors, and the monitor.</content>
internal sealed partial class Processor
{
    /// <summary>
    /// What a thief waits before it takes a goroutine out of the slot, in looks: about 2 us in which the owner was in goroutine code,
    /// twenty times what two goroutines take that wake each other. (Go waits 3 us.)
    /// </summary>
    private const int LooksAtRunNext = 6;

    /// <summary>Spins between two looks: about 0.35 us.</summary>
    private const int PauseBetweenLooks = 10;

    /// <summary>
    /// Most looks, if the owner is in the scheduler each time: some 20 us, more than any system call it makes there takes.
    /// </summary>
    private const int MostLooksAtRunNext = 60;

    /// <summary>
    /// How often a thief looks, in one search, at rings whose owners are fast: some 20 us altogether, about what it took to wake it.
    /// Goroutines that take turns for longer are worth spreading, however short the turns.
    /// </summary>
    internal const int LooksAtRings = 30;

    /// <summary>A fast owner runs this many goroutines between two looks at its ring, 0.7 us: one takes less than 140 ns.</summary>
    private const int FastTicks = 5;

    /// <summary>
    /// Called by a machine that looks for work. Waits while the owner runs what is in the ring so fast that it is done sooner where it is:
    /// to fetch a goroutine from another CPU's cache takes longer than to run one that does next to nothing, and two CPUs that run such
    /// goroutines mostly wait for each other's cache lines. An owner that starts goroutines, or runs one that computes, is not fast in this
    /// sense.
    /// </summary>
    /// <param name="looks">What is left of <see cref="LooksAtRings"/>.</param>
    internal void AwaitFastOwner(ref int looks)
    {
        for (; looks > 0 && !Queue.IsEmpty; looks--)
        {
            int tick = Volatile.Read(ref Tick);
            Thread.SpinWait(2 * PauseBetweenLooks);
            if (unchecked(Volatile.Read(ref Tick) - tick) < FastTicks)
                return;
        }
    }

    /// <summary>
    /// Called by a machine that looks for work and has found none in any ring. Takes the goroutine in the run-next slot if the owner leaves
    /// it there: goroutines that wake each other and wait in turn are run next within a microsecond, and are best left to run where they
    /// are.
    /// </summary>
    internal Goroutine? StealRunNext()
    {
        if (_runNext.IsEmpty)
            return null;
        int tick = Volatile.Read(ref Tick);
        for (int look = 0, still = 0; still < LooksAtRunNext && look < MostLooksAtRunNext; look++)
        {
            Thread.SpinWait(PauseBetweenLooks);
            if (!Queue.IsEmpty)
                return null; // what is in there is cheaper to take
            if (Volatile.Read(ref Tick) != tick)
            {
                // Woken for nothing. Nor will it help the next time, most likely.
                _futileWakes = Math.Min((2 * _futileWakes) + 1, MaxWakesSkipped);
                _wakesToSkip = _futileWakes;
                return null;
            }

            // In the scheduler it may be waking the very thread that looks, which takes longer than all else.
            still = Volatile.Read(ref Owner) is { WasInScheduler: true } ? 0 : still + 1;
        }

        if (_runNext.Steal() is not Goroutine next)
            return null;
        _futileWakes = 0;
        _wakesToSkip = 0;
        return next;
    }

    /// <summary>Takes the goroutine out of the run-next slot at once. By the monitor; machines know cheaper ways.</summary>
    internal Goroutine? StealRunNextAtOnce() => _runNext.IsEmpty ? null : _runNext.Steal();
}
