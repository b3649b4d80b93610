using System.Diagnostics;

namespace Weft.Threads;

/// <summary>
/// A mutual-exclusion lock that spins, yields and then sleeps in the system, and never enters a managed wait: it may be taken inside
/// <see cref="SynchronizationContext.Wait"/>. Any thread may take it; not re-entrant; not fair. Hold it briefly and run no user code
/// under it.
/// </summary>
internal sealed unsafe class FutexLock
{
    private const int Free = 0;
    private const int Held = 1;

    // Held, and somebody may sleep on the word: the releaser must wake one.
    private const int Contended = 2;

    // The sections under these locks take well below a microsecond: a few pauses outlast them on another core.
    private const int SpinRounds = 10;
    private const int PausesPerRound = 16;

    // After the pauses the holder is most likely not on a CPU: let it run before paying for a sleep and a wake.
    private const int YieldRounds = 3;

    private static readonly bool s_canSpin = Environment.ProcessorCount > 1;

    private readonly IThreadPlatform _platform;

    // A cache line to itself, on the pinned heap so that the system can be given its address. Keeps _word valid.
    private readonly int[] _storage = GC.AllocateArray<int>(32, pinned: true);
    private readonly int* _word;

    // Thread id of the holder, 0 when free; written by the holder only, and kept in debug builds only.
    private int _holder;

    internal FutexLock(IThreadPlatform platform)
    {
        _platform = platform;
        fixed (int* storage = _storage)
            _word = storage + 16;
    }

    internal void Enter()
    {
        if (Interlocked.CompareExchange(ref *_word, Held, Free) != Free)
            EnterContended();
        NoteEntered();
    }

    internal bool TryEnter()
    {
        if (Interlocked.CompareExchange(ref *_word, Held, Free) != Free)
            return false;
        NoteEntered();
        return true;
    }

    internal void Exit()
    {
        NoteExiting();
        if (Interlocked.Exchange(ref *_word, Free) == Contended)
            _platform.Wake(_word, 1);
        GC.KeepAlive(_storage);
    }

    /// <summary>Debug builds only: fails unless the calling thread holds the lock.</summary>
    [Conditional("DEBUG")]
    internal void AssertHeld() => Debug.Assert(_holder == _platform.CurrentThreadId(), "The lock is not held by the calling thread.");

    private void EnterContended()
    {
        for (int round = s_canSpin ? 0 : SpinRounds; round < SpinRounds + YieldRounds; round++)
        {
            if (round < SpinRounds)
                Thread.SpinWait(PausesPerRound);
            else
                _platform.Yield();
            if (Volatile.Read(ref *_word) == Free && Interlocked.CompareExchange(ref *_word, Held, Free) == Free)
                return;
        }

        // From here on the word says Contended whenever this thread sleeps or has just taken the lock: it cannot know whether others
        // sleep too, so its own release wakes one more, at worst in vain.
        while (Interlocked.Exchange(ref *_word, Contended) != Free)
            _platform.Wait(_word, Contended, -1);
        GC.KeepAlive(_storage);
    }

    [Conditional("DEBUG")]
    private void NoteEntered()
    {
        Debug.Assert(_holder == 0, "The lock was taken twice.");
        _holder = _platform.CurrentThreadId();
    }

    [Conditional("DEBUG")]
    private void NoteExiting()
    {
        AssertHeld();
        _holder = 0;
    }
}
