namespace Weft.Stress.Storms;

/// <summary>
/// Watches that a goroutine keeps to the rules, at each of its steps: nothing of it runs twice at the same time; it runs on no thread that
/// is locked to another or was locked to one that has ended; and such a thread has passed nothing of its state on.
/// </summary>
internal sealed class LogicalThread(StormTally tally)
{
    private static readonly string s_directory = Native.WorkingDirectory();

    /// <summary>
    /// Whose thread this is: set while locked, and for good when the goroutine ends locked. A new thread has its own, empty.
    /// </summary>
    [ThreadStatic]
    private static LogicalThread? t_owner;

    private int _inside;
    private bool _tainted;

    /// <summary>Runs something that waits for nothing.</summary>
    public void Step(int spins)
    {
        tally.Require(Interlocked.Exchange(ref _inside, 1) == 0, "two continuations of a goroutine ran at the same time");
        tally.Require(t_owner is null || t_owner == this, "a goroutine ran on a thread that is locked to another");
        tally.Require(_tainted || Native.WorkingDirectory() == s_directory, "a goroutine ran on a thread with the state of a tainted one");
        Thread.SpinWait(spins);
        Volatile.Write(ref _inside, 0);
        Interlocked.Increment(ref tally.Steps);
    }

    /// <summary>
    /// A thread of the pool that was made on a tainted thread has its state; the documentation says so, and it is counted.
    /// </summary>
    public void LookAtPoolThread()
    {
        if (Native.WorkingDirectory() != s_directory)
            Interlocked.Increment(ref tally.TaintedPoolThreads);
    }

    public void NoteLocked() => t_owner = this;

    /// <summary>Before the lock is undone.</summary>
    public static void NoteUnlocked() => t_owner = null;

    public bool OwnsThread => t_owner == this;

    /// <summary>Changes the calling thread, which is locked and will end with the goroutine.</summary>
    public void Taint()
    {
        _tainted = true;
        Native.Unshare(Native.CLONE_FS);
        Native.ChangeDirectory("/proc");
    }
}
