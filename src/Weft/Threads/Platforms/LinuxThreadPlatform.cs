using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Unicode;
using static Weft.Threads.Platforms.LinuxNative;

namespace Weft.Threads.Platforms;

/// <summary>Linux with glibc or musl: joinable pthreads on stacks of our own, futexes, and /proc for what a thread does.</summary>
internal sealed unsafe class LinuxThreadPlatform : IThreadPlatform
{
    // What TASK_COMM_LEN leaves beside the final zero.
    private const int MaxNameBytes = 15;

    // A clock of Linux is exact to the nanosecond, so two looks would do if each thread had a CPU. A thread that waits for one gets it, on
    // a busy machine, after about as long as the looking thread waits for its own between two looks. Four looks by a monitor that naps for
    // 20 us take 60 us: about as long as a hand-off takes altogether.
    private const long StillForMicroseconds = 60;
    private const int StillLooks = 4;

    private readonly ThreadProgress _progress;

    // A stack and its guard.
    private const int MappingsOfAStack = 2;

    // Made when the first is asked for: a program with few threads has none.
    private LinuxMemoryRoom? _room;

    // Kernels before 5.17, or built without CONFIG_ANON_VMA_NAME, refuse to name a mapping: ask once.
    private volatile bool _mappingsHaveNoName;

    internal LinuxThreadPlatform() => _progress = new ThreadProgress(this, StillForMicroseconds, StillLooks);

    internal static bool IsSupported => OperatingSystem.IsLinux() && SYS_futex != 0;

    public string Name => "linux";

    public bool OwnsStacks => true;

    public nuint StackReserve => LinuxSignalStack.Reserve;

    public int TryAgain => EAGAIN;

    /// <inheritdoc/>
    /// <remarks>
    /// What attributes nobody has changed say. On glibc that is RLIMIT_STACK as it was when the process started (8 MiB in most places, 2
    /// MiB if it is unlimited), on musl 128 KiB, or what the program's file asks for.
    /// </remarks>
    public nuint DefaultStackSize
    {
        get
        {
            byte* attributes = stackalloc byte[AttributesSize];
            nuint size = 0;
            if (pthread_attr_init(attributes) != 0)
                return 0;
            if (pthread_attr_getstacksize(attributes, &size) != 0)
                size = 0;
            _ = pthread_attr_destroy(attributes);
            return size;
        }
    }

    public IThreadLimits? FindThreadLimits() => new LinuxThreadLimits(new SystemFiles("/"));

    public double FindProcessors() => LinuxProcessors.Of(new SystemFiles("/"));

    public long FindFreeMemory() => LinuxMemory.Free(new SystemFiles("/"));

    public bool CanOpenFiles() => LinuxProc.CanOpenTwo();

    public IThreadSample? FindThreads(string name) => new LinuxThreadSample(name);

    /// <inheritdoc/>
    /// <remarks>Where the thread brings no signal stack along, the runtime maps and guards one.</remarks>
    public bool HasRoomFor(int stacks, nuint size) =>
        Room.TryReserve(StackReserve == 0 ? 2 * MappingsOfAStack : MappingsOfAStack, size, stacks);

    public int Map(nuint size, out nint address)
    {
        const int Protection = PROT_READ | PROT_WRITE;
        const int Flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK;
        address = sizeof(nint) == 8
            ? mmap(0, size, Protection, Flags, -1, 0)
            : syscall(SYS_mmap2, 0, (nint)size, Protection, Flags, -1, 0);
        if (address == -1)
        {
            address = 0;
            return ErrorOf(-1);
        }

        // MAP_STACK says so by itself only since Linux 6.7; kernels without huge pages refuse the advice, and need none.
        _ = madvise(address, size, MADV_NOHUGEPAGE);
        if (!_mappingsHaveNoName)
        {
            fixed (byte* name = "weft-stack\0"u8)
                _mappingsHaveNoName = prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, (nuint)address, size, (nuint)name) != 0;
        }

        return 0;
    }

    public int Protect(nint address, nuint size) => ErrorOf(mprotect(address, size, PROT_NONE));

    public int Unmap(nint address, nuint size) => ErrorOf(munmap(address, size));

    public int Discard(nint address, nuint size) => ErrorOf(madvise(address, size, MADV_DONTNEED));

    public int Create(OSThread thread, nint stack, nuint size, out nint handle)
    {
        delegate* unmanaged<nint, nint> start = &Start;
        nint argument = thread.Root;
        nuint reserve = StackReserve;
        if (reserve != 0)
        {
            argument = LinuxSignalStack.Prepare(stack, size, start, argument);
            start = LinuxSignalStack.Code;
        }

        byte* attributes = stackalloc byte[AttributesSize];
        nint created = 0;
        int error = pthread_attr_init(attributes);
        if (error == 0)
        {
            error = pthread_attr_setstack(attributes, stack, size - reserve);
            if (error == 0)
                error = pthread_create(&created, attributes, start, argument);
            _ = pthread_attr_destroy(attributes);
        }

        if (error != 0)
            Room.NoteRefusedThread();
        handle = created;
        return error;
    }

    public bool TryJoin(nint handle) => pthread_tryjoin_np(handle, null) == 0;

    public void Join(nint handle)
    {
        int error = pthread_join(handle, null);
        if (error != 0)
            throw new InvalidOperationException($"pthread_join failed: {Marshal.GetPInvokeErrorMessage(error)} (error {error}).");
    }

    public int CurrentThreadId() => (int)syscall_short(SYS_gettid);

    public void NameCurrentThread(string name)
    {
        byte* bytes = stackalloc byte[MaxNameBytes + 1];
        _ = Utf8.FromUtf16(name, new Span<byte>(bytes, MaxNameBytes), out _, out int written);
        bytes[written] = 0;
        _ = prctl(PR_SET_NAME, (nuint)bytes, 0, 0, 0);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Asks /proc, by the id that it shows for the thread (<see cref="LinuxProcIds"/>). Where that says nothing, the thread's CPU clock
    /// tells: there is no /proc, it shows ids that are not known, or no descriptor is left to read it. Allocates nothing.
    /// </remarks>
    public ThreadActivity GetActivity(int threadId)
    {
        int shown = LinuxProcIds.IdOf(threadId);
        ThreadActivity activity = shown == 0 ? ThreadActivity.Unknown : LinuxProc.GetActivity(shown);
        return activity == ThreadActivity.Unknown ? GetActivityByCpuTime(threadId) : activity;
    }

    public bool TryReadOwnUse(out ThreadUse use)
    {
        nint* words = stackalloc nint[ResourceUseWords];
        if (getrusage(RUSAGE_THREAD, words) != 0)
        {
            use = default;
            return false;
        }

        long microseconds = (((long)words[0] + words[2]) * 1_000_000) + words[1] + words[3];
        use = new ThreadUse(microseconds * 1_000, words[16]);
        return true;
    }

    /// <summary>
    /// The same without /proc. A thread that waits for a CPU cannot be told from one that sleeps; but the caller waits for its CPU as well,
    /// so that several looks of the caller leave a computing thread time for some progress.
    /// </summary>
    internal ThreadActivity GetActivityByCpuTime(int threadId)
    {
        // MAKE_THREAD_CPUCLOCK(id, CPUCLOCK_SCHED) of the kernel, which glibc and musl compute in pthread_getcpuclockid. By id, since the
        // thread may be gone: then the clock is refused. It is refused for threads of other processes, too.
        int clock = (~threadId << 3) | 4 | 2;
        Timespec used;
        if (clock_gettime(clock, &used) != 0)
            return Marshal.GetLastSystemError() == EINVAL ? ThreadActivity.Gone : ThreadActivity.Unknown;
        ulong cpuTime = ((ulong)used.Seconds * 1_000_000_000) + (ulong)used.Nanoseconds;
        return _progress.Note(threadId, cpuTime, (long)Stopwatch.GetElapsedTime(0).TotalMicroseconds);
    }

    // The kernel may add 50 us to a time-out to save wake-ups (the thread's timer slack): as much as a short wait, or more.
    private const long PreciseBelowNanoseconds = 1_000_000;

    public void Wait(int* word, int expected, long timeoutNanoseconds)
    {
        const long NanosecondsPerSecond = 1_000_000_000;
        Timespec timeout;
        Timespec* limit = null;
        if (timeoutNanoseconds >= 0)
        {
            timeout.Seconds = (nint)Math.Min(timeoutNanoseconds / NanosecondsPerSecond, int.MaxValue);
            timeout.Nanoseconds = (nint)(timeoutNanoseconds % NanosecondsPerSecond);
            limit = &timeout;
        }

        if (timeoutNanoseconds is < 0 or >= PreciseBelowNanoseconds)
        {
            // Interrupted, changed before it slept, timed out: the caller looks at the word again in any case.
            _ = syscall(SYS_futex, (nint)word, FUTEX_WAIT_PRIVATE, expected, (nint)limit, 0, 0);
            return;
        }

        // Set back at once: a thread that this one creates inherits the slack.
        int slack = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
        _ = prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
        _ = syscall(SYS_futex, (nint)word, FUTEX_WAIT_PRIVATE, expected, (nint)limit, 0, 0);
        _ = prctl(PR_SET_TIMERSLACK, (nuint)Math.Max(slack, 1), 0, 0, 0);
    }

    public void Wake(int* word, int count) => _ = syscall(SYS_futex, (nint)word, FUTEX_WAKE_PRIVATE, count, 0, 0, 0);

    public void Yield() => _ = sched_yield();

    public void TrimHeap()
    {
        try
        {
            _ = malloc_trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // musl gives free memory back by itself.
        }
    }

    private LinuxMemoryRoom Room => _room ?? Interlocked.CompareExchange(ref _room, new LinuxMemoryRoom(this), null) ?? _room;

    private int ErrorOf(int result)
    {
        if (result == 0)
            return 0;
        int error = Marshal.GetLastSystemError();
        if (error == ENOMEM)
            Room.NoteRefusal();
        return error;
    }

    [UnmanagedCallersOnly]
    private static nint Start(nint argument)
    {
        LinuxProcIds.AddCaller();
        OSThread.RunRooted(argument);
        LinuxProcIds.RemoveCaller();
        return 0;
    }
}
