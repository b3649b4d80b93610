using Weft.Threads;

namespace Weft.Guarding;

/// <summary>
/// Tells users of changes, on a thread of its own, as a handler may block. The thread is made when there is something to tell, and leaves
/// when that was told. At the end of the guard, the thread that ended it does the same.
/// </summary>
/// <remarks>
/// Publisher: the guard adds a notice under the lock, and starts a thread if none is marked as there.
/// Looker: the thread takes a notice under the lock, or finds none and takes the mark away in the same section.
/// Fences: the lock.
/// Therefore: a notice is taken by the marked thread, or the guard finds no mark and starts one. A thread that the system refuses is asked
/// for again with the next round of the guard.
/// Model: none; one lock.
/// </remarks>
internal sealed class GuardNotices(Action<ThreadPoolGuardEventArgs> tell) : IThreadBody
{
    /// <summary>What waits to be told at most; a handler that blocks for longer misses the oldest.</summary>
    private const int Most = 1_000;

    private readonly FutexLock _lock = new(ThreadPlatform.Current);
    private readonly Queue<ThreadPoolGuardEventArgs> _waiting = new();
    private bool _hasThread;

    internal void Add(ThreadPoolGuardEventArgs notice)
    {
        _lock.Enter();
        if (_waiting.Count == Most)
            _waiting.Dequeue();
        _waiting.Enqueue(notice);
        _lock.Exit();
    }

    /// <summary>Makes sure that what waits will be told. Called by the guard's thread in each round.</summary>
    internal void Tell()
    {
        _lock.Enter();
        bool needsThread = _waiting.Count > 0 && !_hasThread;
        _hasThread |= needsThread;
        _lock.Exit();
        if (needsThread && OSThread.TryStart(ThreadHost.Shared, this, "weft-notices", OSThreadOptions.DefaultStackSizeBytes, out _) != 0)
            Forget();
    }

    /// <summary>
    /// Tells what waits on the calling thread, unless there is a thread that does: it may be the calling one, or wait for it, and tells the
    /// rest when its handler has returned.
    /// </summary>
    internal void TellHere()
    {
        _lock.Enter();
        bool hasThread = _hasThread;
        _hasThread = true;
        _lock.Exit();
        if (!hasThread)
            TellAll();
    }

    void IThreadBody.Run() => TellAll();

    private void TellAll()
    {
        while (TryTake() is ThreadPoolGuardEventArgs notice)
            tell(notice);
    }

    /// <summary>The next notice; null if there is none, and then the thread counts as gone.</summary>
    private ThreadPoolGuardEventArgs? TryTake()
    {
        _lock.Enter();
        _hasThread = _waiting.TryDequeue(out ThreadPoolGuardEventArgs? notice);
        _lock.Exit();
        return notice;
    }

    /// <summary>There is no thread: the system refused it.</summary>
    private void Forget()
    {
        _lock.Enter();
        _hasThread = false;
        _lock.Exit();
    }
}
