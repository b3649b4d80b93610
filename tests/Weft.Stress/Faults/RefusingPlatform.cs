using Weft.Threads;

namespace Weft.Stress.Faults;

/// <summary>
/// The system, out of luck: every call that can be refused, or may return early, does so at random; and now and then everything is refused
/// for a while. What it does not do is lie: a join that it reports has happened.
/// </summary>
internal sealed unsafe class RefusingPlatform(IThreadPlatform inner, int seed) : IThreadPlatform
{
    private const uint RefusedOneIn = 8;

    // Once unmapping stops being refused, a pool that is closed has one more try.
    private volatile bool _isRefusing = true;
    private volatile bool _isOut;
    private int _calls;
    private readonly long[] _refused = new long[Enum.GetValues<Call>().Length];

    /// <summary>The calls that it interferes with.</summary>
    internal enum Call
    {
        Map,
        Protect,
        Unmap,
        Discard,
        Create,
        TryJoin,
        Join,
        Wait,
        Wake,
        GetActivity,
    }

    /// <summary>Every creation and every mapping is refused while this is set.</summary>
    public bool IsOut
    {
        get => _isOut;
        set => _isOut = value;
    }

    /// <summary>Off for the end, after which nobody would ask for a second time.</summary>
    public bool IsRefusing
    {
        get => _isRefusing;
        set => _isRefusing = value;
    }

    public string Name => "refusing";

    public bool OwnsStacks => inner.OwnsStacks;

    public nuint PageSize => inner.PageSize;

    public int TryAgain => inner.TryAgain;

    public nuint StackReserve => inner.StackReserve;

    public nuint DefaultStackSize => inner.DefaultStackSize;

    public bool CanWakeNaps => inner.CanWakeNaps;

    public long Refused(Call call) => Volatile.Read(ref _refused[(int)call]);

    public bool HasRoomFor(int stacks, nuint size) => inner.HasRoomFor(stacks, size);

    public int Map(nuint size, out nint address)
    {
        address = 0;
        return RefusesAnew(Call.Map) ? Native.ENOMEM : inner.Map(size, out address);
    }

    public int Protect(nint address, nuint size) => RefusesAnew(Call.Protect) ? Native.ENOMEM : inner.Protect(address, size);

    public int Unmap(nint address, nuint size) => Refuses(Call.Unmap) ? Native.ENOMEM : inner.Unmap(address, size);

    public int Discard(nint address, nuint size) => Refuses(Call.Discard) ? Native.EAGAIN : inner.Discard(address, size);

    public int Create(OSThread thread, nint stack, nuint size, out nint handle)
    {
        handle = 0;
        return RefusesAnew(Call.Create) ? Native.EAGAIN : inner.Create(thread, stack, size, out handle);
    }

    /// <summary>Says "not yet" of a thread that may be gone.</summary>
    public bool TryJoin(nint handle) => !Refuses(Call.TryJoin) && inner.TryJoin(handle);

    /// <summary>Comes late.</summary>
    public void Join(nint handle)
    {
        if (Refuses(Call.Join))
            _ = Native.SleepMicroseconds(500);
        inner.Join(handle);
    }

    /// <summary>Returns for no reason.</summary>
    public void Wait(int* word, int expected, long timeoutNanoseconds)
    {
        if (!Refuses(Call.Wait))
            inner.Wait(word, expected, timeoutNanoseconds);
    }

    /// <summary>Wakes more than asked for.</summary>
    public void Wake(int* word, int count) => inner.Wake(word, Refuses(Call.Wake) ? int.MaxValue : count);

    /// <summary>Does not know.</summary>
    public ThreadActivity GetActivity(int threadId) => Refuses(Call.GetActivity) ? ThreadActivity.Unknown : inner.GetActivity(threadId);

    public int CurrentThreadId() => inner.CurrentThreadId();

    public void NameCurrentThread(string name) => inner.NameCurrentThread(name);

    public void Yield() => inner.Yield();

    public void TrimHeap() => inner.TrimHeap();

    private bool RefusesAnew(Call call)
    {
        if (!_isOut)
            return Refuses(call);
        Interlocked.Increment(ref _refused[(int)call]);
        return true;
    }

    private bool Refuses(Call call)
    {
        if (!_isRefusing || Hash.Mix((uint)Interlocked.Increment(ref _calls) ^ ((uint)seed << 8)) % RefusedOneIn != 0)
            return false;
        Interlocked.Increment(ref _refused[(int)call]);
        return true;
    }
}
