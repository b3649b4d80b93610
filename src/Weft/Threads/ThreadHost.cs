namespace Weft.Threads;

/// <summary>
/// What the threads of one owner share: the system underneath, their stacks, the list of those that wait to be freed, and the counts.
/// Each scheduler has one of its own, so that its figures are exact and closing it leaves nothing behind.
/// </summary>
internal sealed class ThreadHost
{
    // Nested, so that a program that never calls OSThread.Start makes none.
    private static class SharedHost
    {
        internal static readonly ThreadHost Instance = new(ThreadPlatform.Current, OSThreadOptions.DefaultStackSizeBytes);
    }

    private long _created;
    private long _exited;
    private long _reaped;
    private long _refused;

    internal ThreadHost(IThreadPlatform platform, int stackSize)
    {
        Platform = platform;
        Stacks = new StackPool(platform, stackSize);
        Reaper = new ThreadReaper(this);
    }

    /// <summary>The host of the threads that <see cref="OSThread.Start(Action, OSThreadOptions?)"/> makes.</summary>
    internal static ThreadHost Shared => SharedHost.Instance;

    internal IThreadPlatform Platform { get; }

    internal StackPool Stacks { get; }

    internal ThreadReaper Reaper { get; }

    /// <summary>Is told of each thread that was joined; null if nobody is. Set before the first thread is made.</summary>
    internal IThreadLives? Lives { get; set; }

    /// <summary>
    /// Threads made. Counted before the system is asked, so that no thread exits uncounted, and taken back if it refuses.
    /// </summary>
    internal long Created => Interlocked.Read(ref _created);

    /// <summary>Threads whose body has ended.</summary>
    internal long Exited => Interlocked.Read(ref _exited);

    /// <summary>Threads that were joined and whose stack was given back.</summary>
    internal long Reaped => Interlocked.Read(ref _reaped);

    /// <summary>Requests that the system refused.</summary>
    internal long Refused => Interlocked.Read(ref _refused);

    /// <summary>
    /// Joins every thread that has exited and unmaps every stack. All threads of the host must have been told to exit, and must be on
    /// the reaper's list or on their way to it; the caller must not be one of them.
    /// </summary>
    internal void Close()
    {
        Reaper.JoinAll();
        Stacks.Close();
    }

    internal void CountCreated() => Interlocked.Increment(ref _created);

    internal void CountExited() => Interlocked.Increment(ref _exited);

    internal void CountReaped() => Interlocked.Increment(ref _reaped);

    internal void CountRefused(bool wasCounted)
    {
        if (wasCounted)
            Interlocked.Decrement(ref _created);
        Interlocked.Increment(ref _refused);
    }
}
