using Weft.Threads;

namespace Weft.Scheduling;

/// <summary>
/// Lets one thread sleep until another wakes it. A wake-up that comes first is kept (one of them), so the order of <see cref="Park"/> and
/// <see cref="Unpark"/> does not matter. Never enters a managed wait.
/// </summary>
/// <remarks>
/// The word is 0 (nothing), 1 (woken) or -1 (asleep). Unpark exchanges 1 in and makes the system call only if it found -1. The sleeper goes
/// from 0 to -1 by compare-and-swap, so it cannot miss a 1, and the kernel sleeps only while the word is -1.
/// </remarks>
internal sealed unsafe class Parker(IThreadPlatform platform)
{
    private readonly PinnedWord _word = new();

    /// <summary>Waits for a wake-up and consumes it.</summary>
    internal void Park() => Park(-1);

    /// <summary>Waits at most that long (negative: no limit). True when woken; a time-out consumes nothing.</summary>
    internal bool Park(long timeoutNanoseconds)
    {
        ref int word = ref _word.Value;
        if (Interlocked.CompareExchange(ref word, -1, 0) == 0)
        {
            long deadline = timeoutNanoseconds < 0 ? long.MaxValue : MonotonicClock.Now + timeoutNanoseconds;
            while (Volatile.Read(ref word) == -1)
            {
                long left = timeoutNanoseconds < 0 ? -1 : deadline - MonotonicClock.Now;
                if (timeoutNanoseconds >= 0 && left <= 0)
                {
                    if (Interlocked.CompareExchange(ref word, 0, -1) == -1)
                        return false;
                    break;
                }

                platform.Wait(_word.Pointer, -1, left);
            }
        }

        Volatile.Write(ref word, 0);
        return true;
    }

    internal void Unpark()
    {
        if (Interlocked.Exchange(ref _word.Value, 1) == -1)
            platform.Wake(_word.Pointer, 1);
    }
}
