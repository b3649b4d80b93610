using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Weft.Threads.Platforms;

/// <summary>
/// Sleeping on a word with nothing but mutexes and condition variables of POSIX, for systems without a documented call for it. Words share
/// a few gates; a wake-up wakes all that sleep at its gate, who look at their words again.
/// </summary>
/// <remarks>
/// No wake-up is lost. Who wakes has changed the word before it takes the gate's mutex. Who sleeps takes the mutex, reads the word, and
/// lets go of the mutex only by sleeping. So the sleeper either reads the new word, or sleeps before the waker has the mutex, and is then
/// woken.
/// </remarks>
internal sealed unsafe class PosixGates
{
    // Words rarely meet in a gate; if they do, their threads wake for nothing.
    private const int Count = 64;

    // Far enough to be for ever, near enough for a time_t of any width.
    private const long LongestNanoseconds = 1_000_000L * PosixTimespec.NanosecondsPerSecond;

    private readonly PosixLibrary _library;
    private readonly delegate* unmanaged<byte*, byte*, PosixTimespec*, int> _waitRelative;

    // Never freed: for as long as the process lives. A mutex, then a condition, for each gate.
    private readonly byte* _storage;

    /// <param name="library">The calls.</param>
    /// <param name="monotonicClock">The system's CLOCK_MONOTONIC, which conditions are told to use; unused with the next.</param>
    /// <param name="waitRelative">A wait that takes a length of time instead of a point of the clock, where there is one; else
    /// null.</param>
    internal PosixGates(PosixLibrary library, int monotonicClock, delegate* unmanaged<byte*, byte*, PosixTimespec*, int> waitRelative)
    {
        _library = library;
        _waitRelative = waitRelative;
        _storage = (byte*)NativeMemory.AllocZeroed(Count * 2, PosixLibrary.ObjectSize);
        byte* attributes = stackalloc byte[PosixLibrary.ObjectSize];
        byte* clock = null;
        if (waitRelative == null)
        {
            var init = (delegate* unmanaged<byte*, int>)PosixLibrary.Find("pthread_condattr_init");
            var setClock = (delegate* unmanaged<byte*, int, int>)PosixLibrary.Find("pthread_condattr_setclock");
            Check(init(attributes), "pthread_condattr_init");
            Check(setClock(attributes, monotonicClock), "pthread_condattr_setclock");
            clock = attributes;
        }

        for (int i = 0; i < Count; i++)
        {
            Check(library.MutexInit(Mutex(i), null), "pthread_mutex_init");
            Check(library.ConditionInit(Condition(i), clock), "pthread_cond_init");
        }

        if (clock != null)
            _ = ((delegate* unmanaged<byte*, int>)PosixLibrary.Find("pthread_condattr_destroy"))(clock);
    }

    /// <inheritdoc cref="IThreadPlatform.Wait"/>
    internal void Wait(int* word, int expected, long timeoutNanoseconds)
    {
        long length = Math.Min(timeoutNanoseconds, LongestNanoseconds);

        // Stopwatch reads CLOCK_MONOTONIC, and its unit is the nanosecond, on every POSIX system that .NET runs on.
        Debug.Assert(Stopwatch.Frequency == PosixTimespec.NanosecondsPerSecond, "A deadline in another unit.");
        var until = PosixTimespec.FromNanoseconds(_waitRelative != null ? length : Stopwatch.GetTimestamp() + length);
        int gate = GateOf(word);
        Check(_library.MutexLock(Mutex(gate)), "pthread_mutex_lock");
        if (Volatile.Read(ref *word) == expected)
        {
            if (timeoutNanoseconds < 0)
                _ = _library.ConditionWait(Condition(gate), Mutex(gate));
            else if (_waitRelative != null)
                _ = _waitRelative(Condition(gate), Mutex(gate), &until);
            else
                _ = _library.ConditionTimedWait(Condition(gate), Mutex(gate), &until);
        }

        _ = _library.MutexUnlock(Mutex(gate));
    }

    /// <summary>Wakes everyone at the gate of <paramref name="word"/>: others may sleep there on other words.</summary>
    internal void Wake(int* word)
    {
        int gate = GateOf(word);
        Check(_library.MutexLock(Mutex(gate)), "pthread_mutex_lock");
        _ = _library.ConditionBroadcast(Condition(gate));
        _ = _library.MutexUnlock(Mutex(gate));
    }

    // Words that are slept on have a cache line to themselves: the low 6 bits say little.
    private static int GateOf(int* word) => (int)(((nuint)word >> 6) % Count);

    private byte* Mutex(int gate) => _storage + (2 * gate * PosixLibrary.ObjectSize);

    private byte* Condition(int gate) => Mutex(gate) + PosixLibrary.ObjectSize;

    private static void Check(int error, string call)
    {
        if (error != 0)
            throw new InvalidOperationException($"{call} failed: {Marshal.GetPInvokeErrorMessage(error)} (error {error}).");
    }
}
