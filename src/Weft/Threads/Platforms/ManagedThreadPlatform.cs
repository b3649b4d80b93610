using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Weft.Threads.Platforms;

/// <summary>
/// For systems without a file of their own: <see cref="Thread"/>, on stacks that the runtime owns. Its waits are managed ones; they run
/// without a synchronization context, so they never enter <see cref="SynchronizationContext.Wait"/>.
/// </summary>
internal sealed unsafe class ManagedThreadPlatform : IThreadPlatform
{
    // EAGAIN as Linux numbers it: the caller only compares it with TryAgain.
    private const int NotNow = 11;

    // Waits on different words rarely meet in a gate; if they do, they wake for nothing.
    private const int GateCount = 64;

    private readonly object[] _gates = new object[GateCount];

    // The threads made here that still run, by the id that CurrentThreadId gives.
    private readonly ConcurrentDictionary<int, Thread> _running = new();

    internal ManagedThreadPlatform()
    {
        for (int i = 0; i < _gates.Length; i++)
            _gates[i] = new object();
    }

    public string Name => "managed";

    public int TryAgain => NotNow;

    public int Create(OSThread thread, nint stack, nuint size, out nint handle)
    {
        handle = 0;
        nint root = thread.Root;
        using var noContext = new NoContext(enter: true);
        var managed = new Thread(() => Run(root), (int)size) { IsBackground = true };
        GCHandle own = GCHandle.Alloc(managed);
        try
        {
            // Not Start: AsyncLocal values of the caller that happens to need a thread must not stick to it.
            managed.UnsafeStart();
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            own.Free();
            return NotNow;
        }

        handle = GCHandle.ToIntPtr(own);
        return 0;
    }

    public bool TryJoin(nint handle) => Join(handle, 0);

    public void Join(nint handle) => Join(handle, Timeout.Infinite);

    public int CurrentThreadId() => Environment.CurrentManagedThreadId;

    public void NameCurrentThread(string name) => Thread.CurrentThread.Name = name;

    /// <inheritdoc/>
    /// <remarks>
    /// A thread in a blocking call of the system counts as running, because the runtime cannot tell it from one that computes: its
    /// processor is handed on after a time slice rather than at once.
    /// </remarks>
    public ThreadActivity GetActivity(int threadId)
    {
        if (!_running.TryGetValue(threadId, out Thread? thread))
            return ThreadActivity.Gone;
        return (thread.ThreadState & ThreadState.WaitSleepJoin) != 0 ? ThreadActivity.Blocked : ThreadActivity.Running;
    }

    public void Wait(int* word, int expected, long timeoutNanoseconds)
    {
        const long NanosecondsPerMillisecond = 1_000_000;
        int timeout = timeoutNanoseconds < 0
            ? Timeout.Infinite
            : (int)Math.Min((timeoutNanoseconds + NanosecondsPerMillisecond - 1) / NanosecondsPerMillisecond, int.MaxValue);
        using var noContext = new NoContext(enter: true);
        object gate = GateOf(word);
        lock (gate)
        {
            // The waker changes the word before it takes the gate: seen unchanged here, its pulse is still to come.
            if (Volatile.Read(ref *word) == expected)
                Monitor.Wait(gate, timeout);
        }
    }

    public void Wake(int* word, int count)
    {
        using var noContext = new NoContext(enter: true);
        object gate = GateOf(word);
        lock (gate)
        {
            // All, whatever the count: others may wait on another word at the same gate.
            Monitor.PulseAll(gate);
        }
    }

    public void Yield() => Thread.Yield();

    private static bool Join(nint handle, int milliseconds)
    {
        GCHandle own = GCHandle.FromIntPtr(handle);
        using (new NoContext(enter: true))
        {
            if (!((Thread)own.Target!).Join(milliseconds))
                return false;
        }

        own.Free();
        return true;
    }

    private object GateOf(int* word) => _gates[(uint)((nuint)word >> 2) % GateCount];

    private void Run(nint root)
    {
        int id = CurrentThreadId();
        _running[id] = Thread.CurrentThread;
        OSThread.RunRooted(root);
        _running.TryRemove(id, out _);
    }

    /// <summary>Takes the synchronization context off the calling thread, and puts it back.</summary>
    private readonly ref struct NoContext
    {
        private readonly SynchronizationContext? _context;

        internal NoContext(bool enter)
        {
            _context = enter ? SynchronizationContext.Current : null;
            if (_context is not null)
                SynchronizationContext.SetSynchronizationContext(null);
        }

        public void Dispose()
        {
            if (_context is not null)
                SynchronizationContext.SetSynchronizationContext(_context);
        }
    }
}
