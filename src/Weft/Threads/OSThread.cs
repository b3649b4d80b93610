using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Weft.Threads;

/// <summary>
/// A thread of the operating system, on a stack of its own size, that can be joined. It costs a fraction of <see cref="Thread"/>; .NET
/// sees it as a background thread. An exception that leaves its body ends the process, as on any thread. A thread that nobody joins is
/// freed all the same, when the next one starts or exits.
/// </summary>
/// <remarks>All members may be used from any thread.</remarks>
/// <example>
/// <code>
/// OSThread thread = OSThread.Start(() => Compute(), new OSThreadOptions { Name = "compute", StackSizeBytes = 4 * 1024 * 1024 });
/// thread.Join();
/// </code>
/// </example>
public sealed class OSThread
{
    // Go's figures: a refusal for want of processes or memory often passes within milliseconds.
    private const int StartTries = 20;

    private readonly ThreadHost _host;
    private readonly string? _name;

    // Keeps this object alive from before its thread exists until after the join. Freed by the reaper only.
    private GCHandle _root;

    // An Action or an IThreadBody; null once it has run.
    private object? _body;

    private volatile int _state;
    private volatile ThreadExitState _exitState;
    private volatile int _nativeId;
    private nint _handle;

    // Timestamps of the stopwatch. Written by the creator before the thread exists, and by the thread before it counts as exited.
    private long _createdAt;
    private long _exitedAt;

    private OSThread(ThreadHost host, object body, string? name)
    {
        _host = host;
        _body = body;
        _name = name;
        _root = GCHandle.Alloc(this);
    }

    /// <summary>
    /// The thread's id as the system shows it, or 0 until it runs. The system may give the id to another thread after the join.
    /// </summary>
    public int NativeId => _nativeId;

    /// <summary>Where the thread is in its life.</summary>
    public OSThreadState State => (OSThreadState)_state;

    internal ThreadExitState ExitState => _exitState;

    internal string? Name => _name;

    internal ThreadHost Host => _host;

    /// <summary>What the platform passes to <see cref="RunRooted"/>.</summary>
    internal nint Root => GCHandle.ToIntPtr(_root);

    /// <summary>The system's handle; 0 until the creator has stored it.</summary>
    internal nint Handle => Volatile.Read(ref _handle);

    /// <summary>The thread's stack; empty where the system owns it. Written before the thread exists, read after it was joined.</summary>
    internal StackRegion Stack { get; private set; }

    /// <summary>The reaper's own; see <see cref="ThreadReaper"/>.</summary>
    internal ReaperNode Node;

    /// <summary>Starts a thread that runs <paramref name="body"/>. AsyncLocal values do not flow to it.</summary>
    /// <param name="body">What it runs; an exception that leaves it ends the process.</param>
    /// <param name="options">Its name and its stack; null for no name and a stack of <see cref="OSThreadOptions.DefaultStackSizeBytes"/>
    /// bytes.</param>
    /// <returns>The thread, which may have ended already.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="body"/> is null.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="OSThreadStartException">The system refused the thread, for a fifth of a second if it was for want of
    /// resources.</exception>
    /// <exception cref="PlatformNotSupportedException">The platform has one thread only.</exception>
    public static OSThread Start(Action body, OSThreadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        options?.Validate();
        return Start(ThreadHost.Shared, body, options?.Name, options?.StackSizeBytes ?? OSThreadOptions.DefaultStackSizeBytes);
    }

    /// <summary>Waits until the thread is gone and its stack given back. Any number of threads may wait.</summary>
    /// <exception cref="InvalidOperationException">The calling thread is this thread.</exception>
    public void Join()
    {
        if (State == OSThreadState.Reaped)
            return;

        // A thread in its body has its id to itself. One that has left its body may see it given to another thread, the caller perhaps,
        // but then it is not the caller.
        if (State == OSThreadState.Running && _nativeId == _host.Platform.CurrentThreadId())
            throw new InvalidOperationException("A thread cannot join itself.");
        _host.Reaper.Join(this);
    }

    /// <summary>
    /// Gives the thread's stack back if the thread is gone; says whether it has been given back, now or before. Never waits.
    /// </summary>
    public bool TryReap() => State == OSThreadState.Reaped || _host.Reaper.TryReap(this);

    /// <summary>As the public one, on any host.</summary>
    internal static OSThread Start(ThreadHost host, Action body, string? name, int stackSize)
    {
        if (!host.Platform.CreatesThreads)
            throw ThreadPlatform.NoThreads();
        for (int attempt = 1; ; attempt++)
        {
            int error = TryStart(host, (object)body, name, stackSize, out OSThread? thread);
            if (error == 0)
                return thread!;
            if (error != host.Platform.TryAgain || attempt == StartTries)
                throw new OSThreadStartException(error, stackSize);
            Thread.Sleep(attempt);
        }
    }

    /// <summary>
    /// Starts a thread; gives the system's error number, 0 if it started. Tries once. Must not be called on a thread whose OS state a new
    /// thread should not inherit. Frees some threads that have exited on the way.
    /// </summary>
    internal static int TryStart(ThreadHost host, IThreadBody body, string? name, int stackSize, out OSThread? thread) =>
        TryStart(host, (object)body, name, stackSize, out thread);

    /// <summary>The thread's whole life in managed code; called by the platform, on the new thread, with <see cref="Root"/>.</summary>
    internal static void RunRooted(nint root) => ((OSThread)GCHandle.FromIntPtr(root).Target!).RunAndExit();

    /// <summary>Called once, by the joiner of the thread: nothing of the system uses the stack or this object any more.</summary>
    internal void Free()
    {
        Debug.Assert(_state == (int)OSThreadState.Exited, "Only a thread that has exited can have been joined.");
        StackRegion stack = Stack;
        Stack = default;
        if (stack.MappingSize != 0)
            _host.Stacks.Return(stack);
        _root.Free();
        _state = (int)OSThreadState.Reaped;
        _host.Lives?.Add(Stopwatch.GetElapsedTime(_createdAt, _exitedAt), Stopwatch.GetElapsedTime(_exitedAt));
        _host.CountReaped();
    }

    private static int TryStart(ThreadHost host, object body, string? name, int stackSize, out OSThread? thread)
    {
        host.Reaper.Reap(ThreadReaper.SomeThreads);
        thread = new OSThread(host, body, name);
        StackRegion stack = default;
        int error = host.Platform.OwnsStacks ? host.Stacks.Rent(stackSize, out stack) : 0;
        bool counted = error == 0;
        if (error == 0)
        {
            host.CountCreated();
            thread._createdAt = Stopwatch.GetTimestamp();
            thread.Stack = stack;
            nuint size = stack.MappingSize == 0 ? (nuint)stackSize : stack.Size;
            error = host.Platform.Create(thread, stack.Base, size, out nint handle);
            if (error == 0)
            {
                Volatile.Write(ref thread._handle, handle);
                return 0;
            }

            if (stack.MappingSize != 0)
                host.Stacks.Return(stack);
        }

        thread._root.Free();
        thread = null;
        host.CountRefused(wasCounted: counted);
        return error;
    }

    private void RunAndExit()
    {
        _nativeId = _host.Platform.CurrentThreadId();
        _state = (int)OSThreadState.Running;
        if (_name is not null)
            _host.Platform.NameCurrentThread(_name);

        if (_body is Action action)
            action();
        else
            ((IThreadBody)_body!).Run();

        // The root holds this object, and with it everything below, until the join: nothing here can be collected or freed under us.
        _body = null;
        _exitState = ThreadExitState.Wait;
        _exitedAt = Stopwatch.GetTimestamp();
        _state = (int)OSThreadState.Exited;
        _host.CountExited();
        _host.Reaper.Reap(ThreadReaper.SomeThreads);
        _host.Reaper.Add(this);
        _exitState = _host.Platform.OwnsStacks ? ThreadExitState.Stack : ThreadExitState.Ref;
    }
}
