using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using ThreadState = System.Threading.ThreadState;

namespace Weft.Threads.Platforms;

/// <summary>
/// For systems without a file of their own: <see cref="Thread"/>, on stacks that the runtime owns. Its waits are managed ones. They run
/// without a synchronization context, so they never enter <see cref="SynchronizationContext.Wait"/>; and an interrupt does not end them,
/// but meets the thread's next wait.
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
        using var noContext = new NoContext(enter: true);
        var sleep = new Sleep(GateOf(word), (nint)word, expected, timeoutNanoseconds, Stopwatch.GetTimestamp());
        Uninterrupted.Do(sleep, static sleep => sleep.Begin());
    }

    public void Wake(int* word, int count)
    {
        using var noContext = new NoContext(enter: true);
        Uninterrupted.Do(GateOf(word), static gate =>
        {
            // All, whatever the count: others may wait on another word at the same gate.
            lock (gate)
                Monitor.PulseAll(gate);
        });
    }

    public void Yield() => Thread.Yield();

    private static bool Join(nint handle, int milliseconds)
    {
        GCHandle own = GCHandle.FromIntPtr(handle);
        using (new NoContext(enter: true))
        {
            if (!Uninterrupted.Get(((Thread)own.Target!, milliseconds), static join => join.Item1.Join(join.milliseconds)))
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
        Uninterrupted.Do((_running, id), static gone => gone._running.TryRemove(gone.id, out _));
    }

    /// <summary>A wait on a word, which may be begun again when an interrupt has ended it.</summary>
    private readonly record struct Sleep(object Gate, nint Word, int Expected, long TimeoutNanoseconds, long Since)
    {
        internal void Begin()
        {
            Monitor.Enter(Gate);
            try
            {
                // The waker changes the word before it takes the gate: seen unchanged here, its pulse is still to come.
                if (Volatile.Read(ref *(int*)Word) == Expected)
                    Monitor.Wait(Gate, MillisecondsLeft());
            }
            finally
            {
                // Not a lock statement: where Monitor.Wait is managed code (NativeAOT, and CoreCLR on Unix since .NET 11), an interrupt
                // that comes while it takes the gate again leaves the thread without it.
                if (Monitor.IsEntered(Gate))
                    Monitor.Exit(Gate);
            }
        }

        private int MillisecondsLeft()
        {
            const long NanosecondsPerMillisecond = 1_000_000;
            if (TimeoutNanoseconds < 0)
                return Timeout.Infinite;
            long passed = Stopwatch.GetElapsedTime(Since).Ticks * TimeSpan.NanosecondsPerTick;
            long left = Math.Max(TimeoutNanoseconds - passed, 0);
            return (int)Math.Min((left + NanosecondsPerMillisecond - 1) / NanosecondsPerMillisecond, int.MaxValue);
        }
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
