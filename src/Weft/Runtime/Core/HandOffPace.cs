namespace Weft.Runtime.Core;

/// <summary>
/// Whether processors are handed on so often that one idle machine should keep its CPU awake for the next time. A CPU with nothing to do
/// sleeps the deeper the longer it expects to; a virtual one is given away, and to get it back takes several times as long as the rest of a
/// hand-off. So that machine dozes instead of sleeping: it looks up every so often, for no other purpose.
/// </summary>
/// <remarks>
/// Only a hint: the threads that hand off write the times without an order among them. A pace that is not seen costs one hand-off some
/// time, one that is seen where there is none costs a few naps.
/// </remarks>
internal sealed class HandOffPace
{
    /// <summary>
    /// Hypervisors and governors of idle CPUs keep one at hand for some 200 us: a nap stays below it, even if the timer is late by the
    /// usual 50 us.
    /// </summary>
    internal const long Nap = 100_000;

    /// <summary>
    /// Two hand-offs within this time are close. To doze takes about a twentieth of a CPU, so no time slice is dozed away for a single one.
    /// </summary>
    internal const long Window = 5_000_000;

    private long _last = -Window;
    private long _lastButOne = -Window;

    // 1 while a machine dozes. One is enough: its CPU is awake for whichever machine is woken.
    private int _dozing;

    /// <summary>A processor is handed on to another machine, with work for it.</summary>
    internal void Note(long now)
    {
        Volatile.Write(ref _lastButOne, Volatile.Read(ref _last));
        Volatile.Write(ref _last, now);
    }

    /// <summary>Whether the last two hand-offs are not long ago.</summary>
    internal bool IsClose(long now) => now - Volatile.Read(ref _lastButOne) < Window;

    /// <summary>True if the caller is to doze, and to call <see cref="EndDoze"/> afterwards.</summary>
    internal bool TryBeginDoze(long now) => IsClose(now) && Interlocked.Exchange(ref _dozing, 1) == 0;

    internal void EndDoze() => Volatile.Write(ref _dozing, 0);
}
