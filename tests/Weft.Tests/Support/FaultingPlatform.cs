using Weft.Threads;

namespace Weft.Tests.Support;

/// <summary>Passes everything on to a platform, except that it refuses as often as told; and it counts the joins and the trims.</summary>
internal sealed unsafe class FaultingPlatform(IThreadPlatform inner) : IThreadPlatform
{
    internal const int ENOMEM = 12;

    private int _joins;
    private int _trims;

    /// <summary>How often in a row each call is still refused. May be set from any thread.</summary>
    internal int CreateRefusals;
    internal int RoomRefusals;
    internal int MapRefusals;
    internal int ProtectRefusals;
    internal int UnmapRefusals;

    /// <summary>How many calls of Protect go through before <see cref="ProtectRefusals"/> counts.</summary>
    internal int ProtectPasses;

    /// <summary>What refused creations say; if not set, the platform's "not now".</summary>
    internal int CreateError { get => field == 0 ? inner.TryAgain : field; init; }

    /// <summary>Called before each creation of a thread, refused or not, on the thread that asks.</summary>
    internal Action? Creating { get; set; }

    /// <summary>Called before each unmapping, on its thread.</summary>
    internal Action? Unmapping { get; set; }

    /// <summary>Called before each look whether a thread is gone, on the thread that looks.</summary>
    internal Action? Joining { get; set; }

    /// <summary>Joins that succeeded, in either form.</summary>
    internal int Joins => Volatile.Read(ref _joins);

    /// <summary>How often the C library was made to give memory back.</summary>
    internal int Trims => Volatile.Read(ref _trims);

    public string Name => "faulting";

    public bool CreatesThreads => inner.CreatesThreads;

    public bool OwnsStacks => inner.OwnsStacks;

    public nuint PageSize => inner.PageSize;

    public nuint StackReserve => inner.StackReserve;

    public nuint DefaultStackSize => inner.DefaultStackSize;

    public bool CanWakeNaps => inner.CanWakeNaps;

    public int TryAgain => inner.TryAgain;

    public bool HasRoomFor(int stacks, nuint size) => !Refuses(ref RoomRefusals) && inner.HasRoomFor(stacks, size);

    public int Map(nuint size, out nint address)
    {
        address = 0;
        return Refuses(ref MapRefusals) ? ENOMEM : inner.Map(size, out address);
    }

    public int Protect(nint address, nuint size) =>
        !Refuses(ref ProtectPasses) && Refuses(ref ProtectRefusals) ? ENOMEM : inner.Protect(address, size);

    public int Unmap(nint address, nuint size)
    {
        Unmapping?.Invoke();
        return Refuses(ref UnmapRefusals) ? ENOMEM : inner.Unmap(address, size);
    }

    public int Discard(nint address, nuint size) => inner.Discard(address, size);

    public int Create(OSThread thread, nint stack, nuint size, out nint handle)
    {
        handle = 0;
        Creating?.Invoke();
        return Refuses(ref CreateRefusals) ? CreateError : inner.Create(thread, stack, size, out handle);
    }

    public bool TryJoin(nint handle)
    {
        Joining?.Invoke();
        bool joined = inner.TryJoin(handle);
        if (joined)
            Interlocked.Increment(ref _joins);
        return joined;
    }

    public void Join(nint handle)
    {
        inner.Join(handle);
        Interlocked.Increment(ref _joins);
    }

    public int CurrentThreadId() => inner.CurrentThreadId();

    public void NameCurrentThread(string name) => inner.NameCurrentThread(name);

    public ThreadActivity GetActivity(int threadId) => inner.GetActivity(threadId);

    public void Wait(int* word, int expected, long timeoutNanoseconds) => inner.Wait(word, expected, timeoutNanoseconds);

    public void Wake(int* word, int count) => inner.Wake(word, count);

    public void Yield() => inner.Yield();

    public void TrimHeap()
    {
        inner.TrimHeap();
        Interlocked.Increment(ref _trims);
    }

    private static bool Refuses(ref int left)
    {
        while (true)
        {
            int seen = Volatile.Read(ref left);
            if (seen <= 0)
                return false;
            if (Interlocked.CompareExchange(ref left, seen - 1, seen) == seen)
                return true;
        }
    }
}
