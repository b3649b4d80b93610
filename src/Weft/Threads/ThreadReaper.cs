using System.Diagnostics;

namespace Weft.Threads;

/// <summary>
/// The threads of a host that have exited, or are about to, and are still to be joined and freed; and the one place that joins.
/// <para>
/// Each thread is joined exactly once because of its claim. It goes from open to claimed under the lock, and only the thread that moved it
/// there joins, or did so under that same hold of the lock (<see cref="Reap"/>, <see cref="TryReap"/>: they move it only once TryJoin has
/// said yes). A claimed thread is on no list, and <see cref="Add"/> refuses it. So a blocking join, which runs outside the lock, cannot
/// meet a second join of the same thread, whose handle is void from the moment the first one succeeds.
/// </para>
/// </summary>
internal sealed unsafe class ThreadReaper
{
    /// <summary>
    /// How many threads a start or an exit looks at: enough to catch up, since each adds one at most, and a bound for both when a
    /// thousand threads end at once.
    /// </summary>
    internal const int SomeThreads = 16;

    // A thread that has little left to do is gone within this time, and a CPU that goes idle and comes back may cost as much. Not longer:
    // where system calls are slow, looking costs the thread itself time, up to a third of its life.
    private static readonly long s_joinLooks = Stopwatch.Frequency * 25 / 1_000_000;

    // While a creator stands between the creation and noting the handle, its thread yields this often, then sleeps in between.
    private const int HandleYields = 20;
    private const long HandlePauseNanoseconds = 50_000;

    private readonly ThreadHost _host;
    private readonly IThreadPlatform _platform;
    private readonly FutexLock _lock;

    // Grows with each thread freed while somebody waits for one; WaitFor sleeps on it. Pinned: the system is given its address.
    private readonly int[] _signalStorage = GC.AllocateArray<int>(1, pinned: true);
    private readonly int* _signal;
    private int _waiters;

    // Guarded by _lock: the list and its length. The length may be read without it.
    private OSThread? _oldest;
    private OSThread? _newest;
    private int _count;

    // Threads claimed but not done. Interlocked, because it falls outside the lock.
    private int _claimed;

    internal ThreadReaper(ThreadHost host)
    {
        _host = host;
        _platform = host.Platform;
        _lock = new FutexLock(_platform);
        fixed (int* signal = _signalStorage)
            _signal = signal;
    }

    /// <summary>Threads on the list.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>
    /// Puts a thread that has exited, or is about to, on the list. The thread itself calls it as it exits; its owner may call it before, in
    /// the step that takes the thread off its own books. Does nothing for a thread that is listed, claimed or freed.
    /// </summary>
    internal void Add(OSThread thread)
    {
        // The thread that has the claim keeps it until the end.
        if (thread.Node.Claim != JoinClaim.Open)
            return;
        WaitForHandle(thread);
        _lock.Enter();
        if (thread.Node.Claim == JoinClaim.Open && !thread.Node.IsListed)
            Link(thread);
        _lock.Exit();
    }

    /// <summary>
    /// Frees those of the <paramref name="most"/> oldest threads that are gone; says how many that was. Waits for nobody.
    /// </summary>
    internal int Reap(int most = int.MaxValue)
    {
        if (Count == 0)
            return 0;
        OSThread? gone = null;
        _lock.Enter();
        OSThread? next = _oldest;
        for (int i = 0; i < most && next is not null; i++)
        {
            OSThread thread = next;
            next = thread.Node.Newer;
            if (!_platform.TryJoin(thread.Handle))
                continue;
            Claim(thread);
            thread.Node.Newer = gone;
            gone = thread;
        }

        _lock.Exit();

        int count = 0;
        while (gone is not null)
        {
            OSThread thread = gone;
            gone = thread.Node.Newer;
            thread.Node.Newer = null;
            Finish(thread);
            count++;
        }

        return count;
    }

    /// <summary>Frees <paramref name="thread"/> if it is gone; says whether it is freed.</summary>
    internal bool TryReap(OSThread thread)
    {
        // A thread in its body cannot be gone; this also spares the platform a join of the calling thread.
        if (thread.State < OSThreadState.Exited)
            return false;
        _lock.Enter();
        bool joined = thread.Node.Claim == JoinClaim.Open && _platform.TryJoin(thread.Handle);
        if (joined)
            Claim(thread);
        _lock.Exit();
        if (joined)
            Finish(thread);
        return thread.Node.Claim == JoinClaim.Done;
    }

    /// <summary>Waits until <paramref name="thread"/>, which is not the caller, is freed; frees it unless somebody else does.</summary>
    internal void Join(OSThread thread)
    {
        if (TryClaim(thread))
        {
            WaitUntilGone(thread.Handle);
            Finish(thread);
        }
        else
        {
            WaitFor(thread);
        }
    }

    /// <summary>
    /// Waits until every thread on the list is freed, and every thread that others are joining. The caller must not be one of them.
    /// </summary>
    internal void JoinAll()
    {
        while (true)
        {
            _lock.Enter();
            OSThread? thread = _oldest;
            if (thread is not null)
                Claim(thread);
            _lock.Exit();
            if (thread is null)
                break;
            WaitUntilGone(thread.Handle);
            Finish(thread);
        }

        WaitFor(null);
    }

    private void WaitUntilGone(nint handle)
    {
        long end = Stopwatch.GetTimestamp() + s_joinLooks;
        do
        {
            if (_platform.TryJoin(handle))
                return;
            _platform.Yield();
        }
        while (Stopwatch.GetTimestamp() < end);

        _platform.Join(handle);
    }

    private bool TryClaim(OSThread thread)
    {
        _lock.Enter();
        bool open = thread.Node.Claim == JoinClaim.Open;
        if (open)
            Claim(thread);
        _lock.Exit();
        return open;
    }

    private void Claim(OSThread thread)
    {
        _lock.AssertHeld();
        Debug.Assert(thread.Node.Claim == JoinClaim.Open, "A thread was claimed twice.");
        thread.Node.Claim = JoinClaim.Claimed;
        Interlocked.Increment(ref _claimed);
        if (thread.Node.IsListed)
            Unlink(thread);
    }

    private void Finish(OSThread thread)
    {
        Debug.Assert(thread.Node.Claim == JoinClaim.Claimed, "A thread was freed without a claim.");
        thread.Free();
        thread.Node.Claim = JoinClaim.Done;

        // Against WaitFor: this side writes what is waited for, then (full fence) reads _waiters. The other side counts itself in
        // _waiters (full fence), reads _signal, then what it waits for. Either this side sees the waiter and moves _signal, so that the
        // waiter's sleep on the old value ends or does not begin; or the waiter counted itself after the fence, and sees the thread done.
        Interlocked.Decrement(ref _claimed);
        if (Volatile.Read(ref _waiters) == 0)
            return;
        Interlocked.Increment(ref *_signal);
        _platform.Wake(_signal, int.MaxValue);
    }

    /// <summary>Sleeps until <paramref name="thread"/> is done; null means every thread that somebody has claimed.</summary>
    private void WaitFor(OSThread? thread)
    {
        Interlocked.Increment(ref _waiters);
        while (true)
        {
            int seen = Volatile.Read(ref *_signal);
            if (thread is null ? Volatile.Read(ref _claimed) == 0 : thread.Node.Claim == JoinClaim.Done)
                break;
            _platform.Wait(_signal, seen, -1);
        }

        Interlocked.Decrement(ref _waiters);
        GC.KeepAlive(_signalStorage);
    }

    /// <summary>
    /// A short-lived thread can be here before its creator, just back from the system, has stored its handle. Everything on the list has
    /// one, so the thread waits for that store. The creator does nothing in between, and takes no lock that the caller could hold.
    /// </summary>
    private void WaitForHandle(OSThread thread)
    {
        for (int i = 0; thread.Handle == 0; i++)
        {
            int word = 0; // nobody changes it: a wait on it is a sleep
            if (i < HandleYields)
                _platform.Yield();
            else
                _platform.Wait(&word, 0, HandlePauseNanoseconds);
        }
    }

    private void Link(OSThread thread)
    {
        thread.Node.IsListed = true;
        thread.Node.Older = _newest;
        if (_newest is null)
            _oldest = thread;
        else
            _newest.Node.Newer = thread;
        _newest = thread;
        _count++;
    }

    private void Unlink(OSThread thread)
    {
        (OSThread? older, OSThread? newer) = (thread.Node.Older, thread.Node.Newer);
        if (older is null)
            _oldest = newer;
        else
            older.Node.Newer = newer;
        if (newer is null)
            _newest = older;
        else
            newer.Node.Older = older;
        thread.Node.Older = null;
        thread.Node.Newer = null;
        thread.Node.IsListed = false;
        _count--;
    }
}
