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
/// <b>No runnable goroutine is forgotten.</b> Who makes a goroutine runnable publishes it in a queue, then, after a full fence, looks
/// whether a processor is idle and nobody is looking for work, and if so starts a machine for it (<see cref="Wake"/>; <see cref="PutNext"/>
/// says in which cases it is left to the monitor). Who makes a processor idle publishes that (by the lock, a full fence), and, if it was
/// counted as looking for work, lowers that count (a full fence); then it looks at every queue again. Whichever of the two comes second
/// sees the other. Between a machine that found work while looking, and work that came meanwhile and relied on it, the chain goes on: who
/// finds work wakes the next.
/// </para>
/// </remarks>
internal sealed partial class Engine : GoroutineHome
{
    private readonly FutexLock _lock;
    private readonly GlobalRunQueue _global = new();
    private readonly Watcher _monitor;

    // Grows only; the first _maxProcs are in force, the others are retired once nobody holds them. Replaced under the lock.
    private Processor[] _processors = [];
    private int _maxProcs;

    // Under the lock; the count may be read without.
    private Processor? _idleProcessors;
    private int _idleProcessorCount;

    // Machines looking for work. Changed by interlocked operations: they are the fences of the argument above.
    private int _spinning;

    // Under the lock.
    private Machine? _idleOldest;
    private Machine? _idleNewest;
    private int _idleMachineCount;
    private Machine? _allMachines;
    private int _machineCount;
    private int _machinesCreating;
    private int _machinesWaitingForGoroutine;
    private int _lastMachineId;
    private bool _shortage;

    // Machines in a declared wait, and machines that wait for a processor to go on with their goroutine. Under the lock.
    private int _blockedMachines;

    internal Engine(IEngineOwner owner, SchedulerOptions options, Func<Engine, Watcher> watch)
    {
        Owner = owner;
        Options = options;
        Platform = options.Platform ?? ThreadPlatform.Current;
        AllowedThreads = options.AllowedThreads(Platform, out IThreadLimits? limits);
        _budget = new ThreadBudget(limits, Platform.FindThreadLimits);
        Host = new ThreadHost(Platform, options.StackSize);
        Registry = new GoroutineRegistry(Platform);
        MainRuns = new MainRuns(Platform);
        _lock = new FutexLock(Platform);
        _monitor = watch(this);
        SetMaxProcs(options.MaxProcs);
        AssembliesAtHand.Load();
        EngineList.Add(this);
    }

    internal IEngineOwner Owner { get; }

    internal SchedulerOptions Options { get; }

    internal IThreadPlatform Platform { get; }

    /// <summary>How many threads it may have.</summary>
    internal ThreadAllowance AllowedThreads { get; }

    internal ThreadHost Host { get; }

    internal GoroutineRegistry Registry { get; }

    internal Watcher Monitor => _monitor;

    internal override string Name => Options.Name;

    internal int MaxProcs => Volatile.Read(ref _maxProcs);

    internal int IdleProcessorCount => Volatile.Read(ref _idleProcessorCount);

    /// <summary>Every processor there ever was; those beyond <see cref="MaxProcs"/> may still have timers.</summary>
    internal Processor[] Processors => Volatile.Read(ref _processors);

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
        return any || AnyQueued();
    }

    /// <summary>Whether a goroutine is in the queue of some processor.</summary>
    private bool AnyQueued()
    {
        foreach (Processor processor in Processors)
        {
            if (processor.HasWork)
                return true;
        }

        return false;
    }

    /// <summary>
    /// Changes the number of processors in force. Processors too many are given up at their machine's next scheduling point.
    /// </summary>
    internal void SetMaxProcs(int count)
    {
        if (!Platform.CreatesThreads)
            count = 1;
        _lock.Enter();
        if (count > _processors.Length)
        {
            int old = _processors.Length;
            var grown = new Processor[count];
            Array.Copy(_processors, grown, old);
            for (int i = old; i < count; i++)
                grown[i] = new Processor(i, Platform);
            Volatile.Write(ref _processors, grown);
        }

        Volatile.Write(ref _maxProcs, count);
        _processors[0].IsOnly = count == 1;
        Processor? kept = null;
        int keptCount = 0;
        for (Processor? processor = _idleProcessors, next; processor is not null; processor = next)
        {
            next = processor.IdleNext;
            processor.IsIdle = false;
            processor.IdleNext = null;
        }

        // Ownerless processors are idle, retired, or in somebody's hands; the latter are marked.
        for (int i = count - 1; i >= 0; i--)
        {
            Processor processor = _processors[i];
            if (processor.Owner is not null || processor.InTransit)
                continue;
            processor.IsIdle = true;
            processor.IdleNext = kept;
            kept = processor;
            keptCount++;
        }

        _idleProcessors = kept;
        Volatile.Write(ref _idleProcessorCount, keptCount);
        AssertInvariants();
        _lock.Exit();
        Interlocked.MemoryBarrierProcessWide(); // for goroutines that were queued without a fence while there was one processor
        for (int i = 0; i < keptCount && AnyWork(); i++)
            Wake();
    }

    // The lock is held in all of these.

    private void PushIdle(Processor processor)
    {
        processor.Owner = null;
        processor.InTransit = false;
        processor.Queue.ForgetStolen();
        if (processor.Id >= _maxProcs)
        {
            Drain(processor);
            return;
        }

        processor.IsIdle = true;
        processor.IdleNext = _idleProcessors;
        _idleProcessors = processor;
        Volatile.Write(ref _idleProcessorCount, _idleProcessorCount + 1);
    }

    private Processor? PopIdle()
    {
        Processor? processor = _idleProcessors;
        if (processor is null)
            return null;
        _idleProcessors = processor.IdleNext;
        processor.IdleNext = null;
        processor.IsIdle = false;
        processor.InTransit = true;
        Volatile.Write(ref _idleProcessorCount, _idleProcessorCount - 1);
        return processor;
    }

    /// <summary>Moves everything queued at a processor to the global queue; the caller has the processor in its hands.</summary>
    private void Drain(Processor processor)
    {
        while (processor.Dequeue() is Goroutine goroutine)
            _global.Enqueue(goroutine);
    }

    private void PushIdle(Machine machine)
    {
        machine.IsIdle = true;
        machine.IdleSince = MonotonicClock.Now;
        machine.IdleOlder = _idleNewest;
        machine.IdleNewer = null;
        if (_idleNewest is null)
            _idleOldest = machine;
        else
            _idleNewest.IdleNewer = machine;
        _idleNewest = machine;
        _idleMachineCount++;
    }

    private void RemoveIdle(Machine machine)
    {
        if (machine.IdleOlder is null)
            _idleOldest = machine.IdleNewer;
        else
            machine.IdleOlder.IdleNewer = machine.IdleNewer;
        if (machine.IdleNewer is null)
            _idleNewest = machine.IdleOlder;
        else
            machine.IdleNewer.IdleOlder = machine.IdleOlder;
        machine.IdleOlder = machine.IdleNewer = null;
        machine.IsIdle = false;
        _idleMachineCount--;
    }

    private void Link(Machine machine)
    {
        machine.AllNext = _allMachines;
        if (_allMachines is not null)
            _allMachines.AllPrevious = machine;
        _allMachines = machine;
        _machineCount++;
    }

    private void Unlink(Machine machine)
    {
        if (machine.AllPrevious is null)
            _allMachines = machine.AllNext;
        else
            machine.AllPrevious.AllNext = machine.AllNext;
        if (machine.AllNext is not null)
            machine.AllNext.AllPrevious = machine.AllPrevious;
        machine.AllPrevious = machine.AllNext = null;
        _machineCount--;
    }
}
