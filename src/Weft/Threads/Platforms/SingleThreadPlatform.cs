namespace Weft.Threads.Platforms;

/// <summary>
/// For a process with one thread (.NET in a browser without threads, WASI), and for tests of that. It creates no thread, and nobody can
/// wake the thread there is, so it never really sleeps: <see cref="Wait"/> gives others a chance and comes back.
/// </summary>
internal sealed unsafe class SingleThreadPlatform : IThreadPlatform
{
    private const int NotSupported = 38; // ENOSYS, for messages

    // A browser's only thread may not sleep.
    private static readonly bool s_maySleep = !OperatingSystem.IsBrowser() && !OperatingSystem.IsWasi();

    internal static bool IsNeeded => OperatingSystem.IsBrowser() || OperatingSystem.IsWasi();

    public string Name => "single-thread";

    public bool CreatesThreads => false;

    public int Create(OSThread thread, nint stack, nuint size, out nint handle)
    {
        handle = 0;
        return NotSupported;
    }

    public bool TryJoin(nint handle) => throw ThreadPlatform.NoThreads();

    public void Join(nint handle) => throw ThreadPlatform.NoThreads();

    public int CurrentThreadId() => Environment.CurrentManagedThreadId;

    public void NameCurrentThread(string name)
    {
    }

    public ThreadActivity GetActivity(int threadId) => ThreadActivity.Unknown;

    public void Wait(int* word, int expected, long timeoutNanoseconds)
    {
        const long NanosecondsPerMillisecond = 1_000_000;
        if (Volatile.Read(ref *word) != expected)
            return;
        if (s_maySleep && timeoutNanoseconds is < 0 or > NanosecondsPerMillisecond)
            Thread.Sleep(1);
        else
            Thread.Yield();
    }

    public void Wake(int* word, int count)
    {
    }

    public void Yield() => Thread.Yield();
}
