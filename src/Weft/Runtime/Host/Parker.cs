using Weft.Threads;

namespace Weft.Runtime.Host;

/// <summary>
/// Lets one thread sleep until another wakes it. A wake-up that comes first is kept (one of them), so the order of <see cref="Park()"/> and
/// <see cref="Unpark"/> does not matter. Never enters a managed wait.
/// </summary>
/// <remarks>
/// The word is 0 (nothing), 1 (woken) or -1 (asleep).
/// Publisher: the waker stores what it wakes for, exchanges 1 for the word, and makes the system call only if it found -1.
/// Looker: the sleeper goes from 0 to -1 by compare-and-swap, and the kernel sleeps only while the word is -1; then the sleeper exchanges 0
/// for it and looks at what it was woken for.
/// Fences: the exchanges and the compare-and-swap.
/// Therefore: the sleeper cannot miss a 1, nor what was stored before it.
/// Model: tests/models/parker.pml.
/// </remarks>
internal sealed unsafe class Parker
{
    private readonly IThreadPlatform _platform;

    // A cache line to itself, on the pinned heap so that the system can be given its address. Keeps _word valid.
    private readonly int[] _storage = GC.AllocateArray<int>(32, pinned: true);
    private readonly int* _word;

    internal Parker(IThreadPlatform platform)
    {
        _platform = platform;
        fixed (int* storage = _storage)
            _word = storage + 16;
    }

    /// <summary>Waits for a wake-up and consumes it.</summary>
    internal void Park() => Park(-1);

    /// <summary>Waits at most that long (negative: no limit). True when woken; a time-out consumes nothing.</summary>
    internal bool Park(long timeoutNanoseconds)
    {
        ref int word = ref *_word;
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

                _platform.Wait(_word, -1, left);
            }
        }

        // A full fence: what the caller looks at next must not be older than this. The wake-up consumed here may be one left over; another
        // one that comes before the store is seen finds a 1, makes no system call, and what it stands for must be seen now.
        Interlocked.Exchange(ref word, 0);
        return true;
    }

    internal void Unpark()
    {
        if (Interlocked.Exchange(ref *_word, 1) == -1)
            _platform.Wake(_word, 1);
        GC.KeepAlive(_storage); // a machine may see its order, and be gone, before it is woken
    }
}
