using Weft.Contracts;
using Weft.Runtime.Host;
using Weft.Runtime.Queues;
using Weft.Runtime.Running;
using Weft.Threads;

namespace Weft.Runtime.Core;

/// <summary>
/// The scheduler proper: processors, machines, queues and the rules by which they meet. One for each <see cref="Scheduler"/>.
/// </summary>
/// <remarks>
/// <para>
/// <b>Ownership.</b> A processor is idle (on the idle list), owned by a machine, or in the hands of the code that moves it from one to the
/// other. A machine is running (it has a processor), idle (on the idle list), waiting for its locked goroutine, blocked (in a wait or a
/// call, or computing on after its processor was taken), or on its way in or out.
/// </para>
/// <para>
/// <b>Parts.</b> One core under one lock. What is only a tenant under that lock is a class of its own: <see cref="ProcessorTable"/>,
/// <see cref="MachineTable"/>, <see cref="MachineFactory"/>, <see cref="GlobalRunQueue"/>; what only looks is <see cref="EngineReport"/>
/// and the monitor.
/// </para>
/// <para>
/// <b>No runnable goroutine is forgotten.</b>
/// Publisher: puts the goroutine into a queue, then looks whether a processor is idle and no machine is searching; if so, it starts a
/// machine (<see cref="Wake"/>; <see cref="PutNext"/> says in which cases it is left to the monitor).
/// Looker: the machine that goes idle publishes its processor as idle, lowers the count of searchers if it is counted there, then looks at
/// every queue again (GoIdle).
/// Fences: one between the two steps of the publisher; the lock and the interlocked decrement of the looker.
/// Therefore: the publisher sees the idle processor, or the looker sees the goroutine. A machine that finds work while it is counted as a
/// searcher wakes the next one, so that work which came meanwhile and relied on the count is found, too.
/// Model: tests/models/retire-submit.pml.
/// </para>
/// </remarks>
internal sealed partial class Engine : GoroutineHome
{
    private readonly FutexLock _lock;
    private readonly GlobalRunQueue _global = new();
    private readonly Watcher _monitor;

    private readonly MachineTable _machines = new();
    private ProcessorTable _processors = new();

    // Machines looking for work. Changed by interlocked operations: they are the fences of the argument above.
    private int _spinning;

    private readonly MachineFactory _factory;

    internal Engine(IEngineListener listener, SchedulerOptions options, Func<Engine, Watcher> watch)
    {
        Listener = listener;
        Options = options;
        Platform = options.Platform ?? ThreadPlatform.Current;
        HasConcurrentFlows = options.ConcurrentFlows;
        AllowedThreads = options.AllowedThreads(Platform, out IThreadLimits? limits);
        _factory = new MachineFactory(this, limits);
        Host = new ThreadHost(Platform, options.StackSizeBytes);
        Registry = new GoroutineRegistry(Platform);
        MainRuns = new MainRuns(Platform);
        _lock = new FutexLock(Platform);
        _monitor = watch(this);
        SetMaxProcs(options.MaxProcs);
        AssembliesAtHand.Load();
        EngineList.Add(this);
    }

    /// <summary>For the parts of the engine that are classes of their own, and say so.</summary>
    internal FutexLock Lock => _lock;

    /// <summary>Under the lock.</summary>
    internal MachineTable Machines => _machines;

    internal IEngineListener Listener { get; }

    internal SchedulerOptions Options { get; }

    internal IThreadPlatform Platform { get; }

    /// <summary>How many threads it may have.</summary>
    internal ThreadAllowance AllowedThreads { get; }

    internal ThreadHost Host { get; }

    internal GoroutineRegistry Registry { get; }

    internal Watcher Monitor => _monitor;

    internal override string Name => Options.Name;

    internal int MaxProcs => _processors.InForce;

    internal int IdleProcessorCount => _processors.IdleCount;

    /// <summary>Every processor there ever was; those beyond <see cref="MaxProcs"/> may still have timers.</summary>
    internal Processor[] Processors => _processors.All;

    /// <summary>Whether a goroutine is in some queue. May be wrong for what happens at the same time.</summary>
    /// <remarks>
    /// The global queue is looked at under the lock: a machine that moves goroutines from there into its ring does so under the lock, too,
    /// so they are seen in the one or, afterwards, in the other.
    /// </remarks>
    internal bool AnyWork()
    {
        if (_global.Count > 0)
            return true;
        _lock.Enter();
        bool any = _global.Count > 0;
        _lock.Exit();
        return any || _processors.AnyQueued();
    }

    /// <summary>
    /// Changes the number of processors in force. Processors too many are given up at their machine's next scheduling point.
    /// </summary>
    internal void SetMaxProcs(int count)
    {
        if (!Platform.CreatesThreads)
            count = 1;
        _lock.Enter();
        _processors.Resize(count, Platform);
        int idle = _processors.IdleCount;
        AssertInvariants();
        _lock.Exit();
        Interlocked.MemoryBarrierProcessWide(); // for goroutines that were queued without a fence while there was one processor
        for (int i = 0; i < idle && AnyWork(); i++)
            Wake();
    }

    /// <summary>Makes a processor idle, or retires it, that the caller has in its hands. The lock is held.</summary>
    private void PushIdle(Processor processor)
    {
        if (!_processors.TryAddIdle(processor))
            Drain(processor);
    }

    /// <summary>
    /// Moves everything queued at a processor to the global queue; the caller has the processor in its hands. The lock is held.
    /// </summary>
    private void Drain(Processor processor)
    {
        while (processor.Dequeue() is Goroutine goroutine)
            _global.Enqueue(goroutine);
    }
}
