using System.Collections.Concurrent;
using System.Diagnostics;
using ThreadState = System.Threading.ThreadState;

namespace Weft.Threads;

/// <summary>
/// Tells a blocked thread from a computing one where the system does not say: by the runtime's word for managed waits and sleeps, and for
/// all else by whether the thread has used CPU time between two looks. Any thread may ask; asking allocates nothing.
/// </summary>
internal sealed class ThreadProgress
{
    // Looks at threads that share an entry forget each other: a blocked thread is then noticed later, never a running one wrongly.
    private const int Entries = 1024;

    private readonly ConcurrentDictionary<int, Member> _members = new();
    private readonly FutexLock _lock;
    private readonly long _stillFor;
    private readonly int _stillLooks;

    // Guarded by _lock.
    private readonly Look[] _looks = new Look[Entries];

    /// <param name="platform">What the lock waits on.</param>
    /// <param name="stillFor">
    /// A thread that used no CPU time for this number of milliseconds is blocked: more than the system's clock needs to charge a running
    /// one.
    /// </param>
    /// <param name="stillLooks">And for this number of looks in a row.</param>
    internal ThreadProgress(IThreadPlatform platform, long stillFor, int stillLooks = 2)
    {
        _stillLooks = stillLooks;
        _lock = new FutexLock(platform);
        _stillFor = stillFor;
    }

    /// <summary>Adds the calling thread; <paramref name="clock"/> is what the platform needs to read its CPU time.</summary>
    internal void Add(int threadId, int clock) => _members[threadId] = new Member(Thread.CurrentThread, clock);

    /// <summary>Takes the calling thread out: from now on it is gone.</summary>
    internal void Remove(int threadId) =>
        Uninterrupted.Do((_members, threadId), static gone => gone._members.TryRemove(gone.threadId, out _));

    /// <summary>
    /// What is known without looking at CPU time; <see cref="ThreadActivity.Unknown"/>: look, and call <see cref="Note(int, ulong)"/>.
    /// </summary>
    internal ThreadActivity Ask(int threadId, out int clock)
    {
        clock = 0;
        if (!_members.TryGetValue(threadId, out Member member))
            return ThreadActivity.Gone;
        clock = member.Clock;
        return (member.Thread.ThreadState & ThreadState.WaitSleepJoin) != 0 ? ThreadActivity.Blocked : ThreadActivity.Unknown;
    }

    /// <summary>Notes the CPU time a thread has used by now, in any unit, and judges by the looks before.</summary>
    internal ThreadActivity Note(int threadId, ulong cpuTime) =>
        Note(threadId, cpuTime, (long)Stopwatch.GetElapsedTime(0).TotalMilliseconds);

    /// <summary>The same at a given time, in the unit of the constructor's limit.</summary>
    internal ThreadActivity Note(int threadId, ulong cpuTime, long now)
    {
        _lock.Enter();
        ref Look look = ref _looks[Hash(threadId)];
        bool still = look.ThreadId == threadId && look.CpuTime == cpuTime;
        if (!still)
            look = new Look { ThreadId = threadId, CpuTime = cpuTime, Since = now };
        look.Count++;
        bool blocked = still && look.Count >= _stillLooks && now - look.Since >= _stillFor;
        _lock.Exit();
        return blocked ? ThreadActivity.Blocked : ThreadActivity.Running;
    }

    // Ids grow by 4 on Windows and by 256 in Mach: the multiplier spreads both (Knuth's, 2^32 divided by the golden ratio).
    private static int Hash(int threadId) => (int)(((uint)threadId * 2654435769u) >> 22);

    private readonly record struct Member(Thread Thread, int Clock);

    private struct Look
    {
        internal int ThreadId;
        internal ulong CpuTime;

        /// <summary>When this CPU time was seen first.</summary>
        internal long Since;

        /// <summary>How often it was seen.</summary>
        internal int Count;
    }
}
