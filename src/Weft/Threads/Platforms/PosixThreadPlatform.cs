using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace Weft.Threads.Platforms;

/// <summary>Numbers that POSIX leaves to the system.</summary>
/// <param name="Name">For diagnostics.</param>
/// <param name="TryAgain">EAGAIN.</param>
/// <param name="MonotonicClock">CLOCK_MONOTONIC.</param>
/// <param name="MaxNameBytes">Bytes of a thread's name without the final zero.</param>
internal readonly record struct PosixSystem(string Name, int TryAgain, int MonotonicClock, int MaxNameBytes);

/// <summary>
/// POSIX threads by documented calls only: stacks of the system's own (pthread_attr_setstacksize), freed by its library in pthread_join. A
/// system derives from it what POSIX does not have: thread ids and names, and what a thread does.
/// </summary>
internal abstract unsafe class PosixThreadPlatform : IThreadPlatform
{
    // A thread that just runs on may be charged for it only when it is switched out: 100 ms is the longest quantum among these systems.
    private const long QuantumMilliseconds = 100;

    private const int NoClock = -1;

    private readonly PosixSystem _system;
    private readonly PosixGates _gates;
    private readonly GCHandle _self;
    private readonly delegate* unmanaged<nint, int*, int> _getCpuClock;
    private readonly delegate* unmanaged<int, PosixTimespec*, int> _getTime;

    private protected PosixThreadPlatform(
        PosixSystem system,
        delegate* unmanaged<byte*, byte*, PosixTimespec*, int> waitRelative = null,
        string clockGetTime = "clock_gettime")
    {
        _system = system;
        Library = new PosixLibrary();
        _gates = new PosixGates(Library, system.MonotonicClock, waitRelative);
        _getCpuClock = (delegate* unmanaged<nint, int*, int>)PosixLibrary.FindOrNull("pthread_getcpuclockid");
        _getTime = (delegate* unmanaged<int, PosixTimespec*, int>)PosixLibrary.FindOrNull(clockGetTime);
        Progress = new ThreadProgress(this, QuantumMilliseconds);

        // Platforms live as long as the process.
        _self = GCHandle.Alloc(this);
    }

    public string Name => _system.Name;

    public int TryAgain => _system.TryAgain;

    /// <inheritdoc/>
    /// <remarks>What attributes nobody has changed say.</remarks>
    public nuint DefaultStackSize
    {
        get
        {
            byte* attributes = stackalloc byte[PosixLibrary.ObjectSize];
            nuint size = 0;
            if (Library.AttributesInit(attributes) != 0)
                return 0;
            if (Library.AttributesGetStackSize(attributes, &size) != 0)
                size = 0;
            _ = Library.AttributesDestroy(attributes);
            return size;
        }
    }

    private protected PosixLibrary Library { get; }

    private protected ThreadProgress Progress { get; }

    /// <summary>The numbers and structures are those of 64-bit systems.</summary>
    private protected static bool Is64Bit => sizeof(nint) == 8;

    public int Create(OSThread thread, nint stack, nuint size, out nint handle)
    {
        handle = 0;
        var block = (ThreadBlock*)NativeMemory.AllocZeroed((nuint)sizeof(ThreadBlock));
        block->Root = thread.Root;
        block->Platform = GCHandle.ToIntPtr(_self);

        // macOS refuses sizes that are not whole pages.
        nuint page = (nuint)Environment.SystemPageSize;
        size = (size + page - 1) / page * page;
        byte* attributes = stackalloc byte[PosixLibrary.ObjectSize];
        int error = Library.AttributesInit(attributes);
        if (error == 0)
        {
            error = Library.AttributesSetStackSize(attributes, size);
            if (error == 0)
                error = Library.Create(&block->Thread, attributes, &Start, (nint)block);
            _ = Library.AttributesDestroy(attributes);
        }

        if (error == 0)
            handle = (nint)block;
        else
            NativeMemory.Free(block);
        return error;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// POSIX has no join that does not wait. So the thread sets a flag as its last act, and only then it is joined. That join is short: the
    /// thread has nothing left to do but to leave the runtime and the C library. It takes no lock of Weft on that way. It may wait for the
    /// runtime's list of threads, which a garbage collection holds; but a collection never waits for the caller, who is in a native
    /// call here, nor for those who wait for a lock that the caller holds, who spin in code that can be stopped, or sleep in a native call.
    /// The flag only says that a join is worth a try; that the thread is off its stack is for the join to prove.
    /// </remarks>
    public bool TryJoin(nint handle)
    {
        if (Volatile.Read(ref ((ThreadBlock*)handle)->Exited) == 0)
            return false;
        Join(handle);
        return true;
    }

    public void Join(nint handle)
    {
        var block = (ThreadBlock*)handle;
        int error = Library.Join(block->Thread, null);
        if (error != 0)
            throw new InvalidOperationException($"pthread_join failed: {Marshal.GetPInvokeErrorMessage(error)} (error {error}).");
        NativeMemory.Free(block);
    }

    public abstract int CurrentThreadId();

    public void NameCurrentThread(string name)
    {
        Span<byte> bytes = stackalloc byte[_system.MaxNameBytes + 1];
        _ = Utf8.FromUtf16(name, bytes[..^1], out _, out int written);
        bytes[written] = 0;
        fixed (byte* start = bytes)
            SetCurrentName(start);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// A managed wait or sleep is seen at once, another blocking call by the CPU time used between two looks, where the system can tell it
    /// of another thread; else such a thread counts as running. Threads made elsewhere are unknown here, and count as gone.
    /// </remarks>
    public virtual ThreadActivity GetActivity(int threadId)
    {
        ThreadActivity known = Progress.Ask(threadId, out int clock);
        if (known != ThreadActivity.Unknown || clock == NoClock)
            return known;

        // A clock of a thread that is gone is refused.
        PosixTimespec used;
        if (_getTime(clock, &used) != 0)
            return ThreadActivity.Unknown;
        return Progress.Note(threadId, (ulong)((used.Seconds * PosixTimespec.NanosecondsPerSecond) + used.Nanoseconds));
    }

    public void Wait(int* word, int expected, long timeoutNanoseconds) => _gates.Wait(word, expected, timeoutNanoseconds);

    public void Wake(int* word, int count) => _gates.Wake(word);

    public void Yield() => _ = Library.Yield();

    /// <summary>Names the calling thread; the name fits and ends with a zero.</summary>
    private protected abstract void SetCurrentName(byte* name);

    private int CurrentCpuClock()
    {
        int clock;
        return _getCpuClock != null && _getTime != null && _getCpuClock(Library.Self(), &clock) == 0 ? clock : NoClock;
    }

    private void Run(nint root)
    {
        int id = CurrentThreadId();
        Progress.Add(id, CurrentCpuClock());
        OSThread.RunRooted(root);
        Progress.Remove(id);
    }

    [UnmanagedCallersOnly]
    private static nint Start(nint argument)
    {
        var block = (ThreadBlock*)argument;
        ((PosixThreadPlatform)GCHandle.FromIntPtr(block->Platform).Target!).Run(block->Root);

        // The block is the joiner's from here on.
        Volatile.Write(ref block->Exited, 1);
        return 0;
    }

    /// <summary>What stands for a thread: made before it, freed by its joiner.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct ThreadBlock
    {
        /// <summary>
        /// pthread_t: a pointer, or on illumos a 32-bit number, which leaves the upper half zero. Written by pthread_create, and read only
        /// by those who have the handle, which there is only after that.
        /// </summary>
        internal nint Thread;

        internal nint Root;
        internal nint Platform;

        /// <summary>1 when the thread has nothing left to do.</summary>
        internal int Exited;
    }
}
