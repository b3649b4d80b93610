namespace Weft.Threads;

/// <summary>What a thread is doing as the operating system sees it.</summary>
internal enum ThreadActivity
{
    /// <summary>The system cannot tell.</summary>
    Unknown,

    /// <summary>On a CPU, or waiting for one.</summary>
    Running,

    /// <summary>Asleep in a system call or a page fault.</summary>
    Blocked,

    /// <summary>No such thread any more.</summary>
    Gone,
}

/// <summary>
/// Everything Weft asks of an operating system. One implementation a system; it knows nothing of goroutines. All members may be
/// called from any thread. Members that can be refused return the system's error number (0 is success) so that callers can retry,
/// report or go without; tests substitute an implementation that refuses.
/// </summary>
internal unsafe interface IThreadPlatform
{
    /// <summary>Short name for diagnostics, such as <c>linux</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Whether there can be more threads than the one there is. If not, <see cref="Create"/> always refuses, and nobody can wake who
    /// waits.
    /// </summary>
    bool CreatesThreads => true;

    /// <summary>
    /// Whether threads run on stacks that Weft maps, and that must be unmapped after the join. Only then are <see cref="Map"/>,
    /// <see cref="Protect"/>, <see cref="Unmap"/> and <see cref="Discard"/> called; elsewhere the system has the stacks.
    /// </summary>
    bool OwnsStacks => false;

    /// <summary>Bytes in a page.</summary>
    nuint PageSize => (nuint)Environment.SystemPageSize;

    /// <summary>The error number that means "not now, perhaps later": EAGAIN.</summary>
    int TryAgain => 11;

    /// <summary>Bytes at the top of each stack that <see cref="Create"/> keeps from the thread; the pool maps them in addition.</summary>
    nuint StackReserve => 0;

    /// <summary>Bytes of stack that the system gives to a thread when nobody asks for a size; 0 where it does not tell.</summary>
    nuint DefaultStackSize => 0;

    /// <summary>
    /// Finds the limits that the system sets to the number of threads; null where it documents none that can be asked for.
    /// </summary>
    IThreadLimits? FindThreadLimits() => null;

    /// <summary>Processors that the process may use, as a fraction where a quota gives it one; more than 0.</summary>
    double FindProcessors() => Environment.ProcessorCount;

    /// <summary>
    /// Bytes of memory that the process may still use before the system refuses or swaps; where it does not tell, .NET's guess.
    /// </summary>
    long FindFreeMemory()
    {
        long most = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return most <= 0 ? long.MaxValue : Math.Max(0, most - Environment.WorkingSet);
    }

    /// <summary>Whether the process has file descriptors left.</summary>
    bool CanOpenFiles() => true;

    /// <summary>Finds the threads of the process that have a name; null where the system does not tell.</summary>
    IThreadSample? FindThreads(string name) => null;

    /// <summary>
    /// Whether <paramref name="stacks"/> more, of <paramref name="size"/> bytes with their guards, can be mapped beside what the rest of
    /// the program needs. Asked before <see cref="Map"/>; counts as if they were mapped then.
    /// </summary>
    bool HasRoomFor(int stacks, nuint size) => true;

    /// <summary>Maps <paramref name="size"/> bytes of readable and writable memory for stacks.</summary>
    int Map(nuint size, out nint address) => throw OwnsNoStacks();

    /// <summary>Makes a range inaccessible.</summary>
    int Protect(nint address, nuint size) => throw OwnsNoStacks();

    /// <summary>Unmaps a range.</summary>
    int Unmap(nint address, nuint size) => throw OwnsNoStacks();

    /// <summary>Gives the pages of a range back to the system; the range stays mapped.</summary>
    int Discard(nint address, nuint size) => throw OwnsNoStacks();

    /// <summary>
    /// Creates a joinable thread that runs <see cref="OSThread.RunRooted"/> of <paramref name="thread"/>. On platforms that own stacks,
    /// <paramref name="stack"/> is the lowest usable address and <paramref name="size"/> its length; elsewhere only the size counts.
    /// </summary>
    int Create(OSThread thread, nint stack, nuint size, out nint handle);

    /// <summary>True once the system is off the thread's stack for good; the handle is gone then.</summary>
    bool TryJoin(nint handle);

    /// <summary>Waits until <see cref="TryJoin"/> would say yes; the handle is gone then.</summary>
    void Join(nint handle);

    /// <summary>The id of the calling thread, as the system shows it to a person.</summary>
    int CurrentThreadId();

    /// <summary>Names the calling thread; names may be cut to what the system allows.</summary>
    void NameCurrentThread(string name);

    /// <summary>What the calling thread has had of the system; false where the system does not tell.</summary>
    bool TryReadOwnUse(out ThreadUse use)
    {
        use = default;
        return false;
    }

    /// <summary>What a thread of this process is doing.</summary>
    ThreadActivity GetActivity(int threadId);

    /// <summary>
    /// Sleeps while <c>*word == expected</c>, at most <paramref name="timeoutNanoseconds"/> (negative: no limit). May return early for no
    /// reason. Calls no wait hook (<see cref="SynchronizationContext.Wait"/>). <see cref="Thread.Interrupt"/> does not end it, and meets
    /// the thread's next managed wait; the same holds for <see cref="Wake"/> and both forms of join.
    /// </summary>
    void Wait(int* word, int expected, long timeoutNanoseconds);

    /// <summary>Whether <see cref="Wake"/> also ends waits of a fraction of a millisecond, at once.</summary>
    bool CanWakeNaps => true;

    /// <summary>Wakes up to <paramref name="count"/> threads asleep on <paramref name="word"/>.</summary>
    void Wake(int* word, int count);

    /// <summary>Gives memory that the C library has free back to the system, where that takes asking. May take milliseconds.</summary>
    void TrimHeap()
    {
    }

    /// <summary>Gives the CPU to another thread.</summary>
    void Yield();

    private NotSupportedException OwnsNoStacks() =>
        new($"The platform {Name} maps no stacks. Ask {nameof(OwnsStacks)} first.");
}
