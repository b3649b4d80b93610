using System.Runtime.CompilerServices;
using Weft.Runtime.Host;
using Weft.Runtime.Running;
using Weft.Threads;

namespace Weft.Runtime.Core;

/// <summary>What an idle or waiting machine is told when it is woken.</summary>
internal enum MachineOrder
{
    /// <summary>Run goroutines with the processor that was handed over.</summary>
    Run,

    /// <summary>Leave: it was idle for long enough, or the scheduler is being disposed.</summary>
    Leave,
}

/// <summary>
/// An OS thread of the scheduler. It runs goroutines while it has a processor; the rest of its life it is parked, blocked in a
/// call of a goroutine's, or on its way out.
/// </summary>
internal sealed partial class Machine : Runner, IThreadBody
{
    // 1 while the thread is in scheduler code, 0 in goroutine code. Written by the machine with plain ordered stores; see Engine.TryTake.
    private int _inScheduler = 1;

    private readonly Parker _parker;

    internal Machine(Engine engine, int id)
    {
        Engine = engine;
        Id = id;
        _parker = new Parker(engine.Platform);
    }

    /// <summary>The one that the calling thread is, or null.</summary>
    internal static new Machine? Calling
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Unsafe.As<Machine>(WeftThread.Calling); // there are no others
    }

    internal override bool MayBeChanged => Locked is not null || Tainted;

    internal override Caretaker? Caretaker => Engine.Platform.CreatesThreads ? Engine.Monitor : null;

    internal Engine Engine { get; }

    internal int Id { get; }

    /// <summary>The system's id of the thread; zero until it runs.</summary>
    internal int ThreadId { get; private set; }

    /// <summary>
    /// What the machine believes is its processor; true only while <see cref="Processor.Owner"/> says so. Written by the machine.
    /// </summary>
    internal Processor? Processor;

    /// <summary>
    /// Looking for work; counted in the engine. Written by the machine, or by the thread that hands a processor to it while it is
    /// parked.
    /// </summary>
    internal bool Spinning;

    /// <summary>It has not looked for work since its processor was handed over.</summary>
    internal bool HasNewProcessor { get; set; }

    /// <summary>It leaves because there are too many. Under the engine's lock.</summary>
    internal bool IsShed { get; set; }

    /// <summary>Ended locked: runs nothing any more, creates no thread. Never goes back.</summary>
    internal bool Tainted { get; set; }

    /// <summary>Why the monitor took its processor, until the machine has noticed; under the engine's lock.</summary>
    internal HandOffCause? TakenFor { get; set; }

    /// <summary>Runs a goroutine without a processor, and wants none (<see cref="Engine.GoAhead"/>). Written by the machine.</summary>
    internal bool IsAhead { get; set; }

    /// <summary>
    /// How often its thread has blocked without a declaration, and the scheduler noticed: managed waits, and processors that the monitor
    /// took. Written by the machine.
    /// </summary>
    internal int NoticedBlocks { get; set; }

    /// <summary>The same with the one that the machine has not noticed yet. By the machine; may be late by one.</summary>
    internal int BlocksSoFar => NoticedBlocks + (TakenFor == HandOffCause.Monitor ? 1 : 0);

    // Handed over before the wake-up: what to do next, with what.
    internal MachineOrder Order { get; set; }
    internal Goroutine? NextGoroutine { get; set; }
    private volatile Processor? _nextProcessor;

    /// <summary>Set last of what is handed over: the machine may be awake for another reason and look at it.</summary>
    internal Processor? NextProcessor
    {
        get => _nextProcessor;
        set => _nextProcessor = value;
    }

    // The idle list, oldest to newest, and the list of all machines; under the engine's lock.
    internal Machine? IdleOlder { get; set; }
    internal Machine? IdleNewer { get; set; }
    internal bool IsIdle { get; set; }
    internal long IdleSince { get; set; }
    internal bool IsWaitingForGoroutine { get; set; }
    internal Machine? AllPrevious { get; set; }
    internal Machine? AllNext { get; set; }

    internal bool IsInScheduler => _inScheduler != 0;

    internal bool WasInScheduler => Volatile.Read(ref _inScheduler) != 0;

    /// <summary>
    /// Enters scheduler code; false when the processor was taken meanwhile, or may have been: then ask <see cref="Engine.StillOwns"/>. The
    /// store and the load may pass each other in the CPU; the taker's process-wide barrier makes up for that.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool EnterScheduler()
    {
        Volatile.Write(ref _inScheduler, 1);
        return Processor is Processor processor && Volatile.Read(ref processor.Owner) == this;
    }

    /// <summary>Goes back to goroutine code; a thread that sees this sees everything stored before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void ExitScheduler() => Volatile.Write(ref _inScheduler, 0);

    /// <summary>Sleeps until a processor was handed over.</summary>
    internal void ParkForProcessor()
    {
        while (_nextProcessor is null)
            _parker.Park();
    }

    /// <summary>
    /// Sleeps until a processor was handed over, or the order to leave. A wake-up may be left over from an order that was overtaken.
    /// </summary>
    internal void ParkForOrder()
    {
        ResetThreadWholly();
        while (!HasOrder)
            _parker.Park();
    }

    /// <summary>A processor was handed over, or the order to leave came.</summary>
    internal bool HasOrder => _nextProcessor is not null || Order == MachineOrder.Leave;

    /// <summary>Sleeps until it is woken, at most that many nanoseconds.</summary>
    internal void Nap(long nanoseconds) => _parker.Park(nanoseconds);

    internal void Unpark() => _parker.Unpark();

    /// <summary>Accepts the processor that was handed over, if it is one.</summary>
    internal void AcceptProcessor()
    {
        Processor = NextProcessor is { IsNone: false } processor ? processor : null;
        NextProcessor = null;
        HasNewProcessor = true;
        CoarseTime = unchecked((int)Environment.TickCount64);
    }

    /// <summary>Accepts the goroutine that was handed over with the processor, if one was.</summary>
    internal Goroutine? AcceptGoroutine()
    {
        Goroutine? goroutine = NextGoroutine;
        NextGoroutine = null;
        return goroutine;
    }

    /// <summary>The caller's own thread has whatever AsyncLocal values its user has set. Null where no thread can be made.</summary>
    private static ExecutionContext? ContextOfANewThread()
    {
        ExecutionContext? context = null;
        try
        {
            var thread = new Thread(() => context = ExecutionContext.Capture());
            thread.UnsafeStart();
            thread.Join();
        }
        catch (PlatformNotSupportedException)
        {
            return null;
        }

        return context;
    }

    internal override bool TryBeginUnhookedWait()
    {
        if (Current is not { } goroutine || IsInScheduler)
            return false;
        if (SynchronizationContext.Current is var context && (context == goroutine || context is FlowContext))
            return false;
        Engine.BeginDeclaredCall(this, goroutine);
        return true;
    }

    internal override void EndUnhookedWait() => Engine.EndDeclaredCall(this, OnStack!);

    void IThreadBody.Run()
    {
        // On a thread of its own there is nothing to come back to; in Run on a platform with one thread there is.
        Machine? outer = Calling;
        SynchronizationContext? outerContext = SynchronizationContext.Current;
        BecomeCalling(isOwn: Engine.Platform.CreatesThreads);
        ThreadId = Engine.Platform.CurrentThreadId();
        KnowThread();
        ExecutionContext? outerFlow = ExecutionContext.Capture();
        DefaultContext ??= Engine.Platform.CreatesThreads ? outerFlow : ContextOfANewThread() ?? outerFlow;
        if (outerFlow is not null && outerFlow != DefaultContext)
            ExecutionContext.Restore(DefaultContext!);
        try
        {
            Engine.RunMachine(this);
        }
        finally
        {
            if (outerFlow is not null)
                ExecutionContext.Restore(outerFlow);
            SynchronizationContext.SetSynchronizationContext(outerContext);
            CeaseCalling(outer);
        }
    }
}
