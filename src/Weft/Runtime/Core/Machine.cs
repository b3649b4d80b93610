using System.Runtime.CompilerServices;
using Weft.Runtime.Running;
using Weft.Threads;

namespace Weft.Runtime.Core;

/// <summary>What an idle or waiting machine is told when it is woken.</summary>
internal enum MachineOrder
{
    /// <summary>Run goroutines with the processor that was delivered.</summary>
    Run,

    /// <summary>Leave: it was idle for long enough, or the scheduler is being disposed.</summary>
    Exit,
}

/// <summary>
/// An OS thread of the scheduler. It runs goroutines while it has a processor; the rest of its life it is parked, blocked in somebody's
/// call, or on its way out.
/// </summary>
internal sealed partial class Machine : IThreadBody
{
    // 1 while the thread is in scheduler code, 0 in goroutine code. Written by the machine with plain ordered stores; see Engine.TryTake.
    private int _inScheduler = 1;

    private readonly Parker _parker;

    internal Machine(Engine engine, int id)
    {
        Engine = engine;
        Id = id;
        _parker = new Parker(engine.Platform);
        Return = new ReturnItem(this);
    }

    /// <summary>
    /// Whether the calling thread is a machine, of whatever scheduler, that a goroutine may have changed for itself: threads it created
    /// would inherit that.
    /// </summary>
    internal static bool CallingThreadIsLocked => Calling is Machine machine && (machine.Locked is not null || machine.Tainted);

    /// <summary>The context of a thread on which nobody has set an AsyncLocal; known once the first machine has started.</summary>
    internal static ExecutionContext? DefaultContext { get; private set; }

    internal Engine Engine { get; }

    internal int Id { get; }

    /// <summary>The system's id of the thread; zero until it runs.</summary>
    internal int ThreadId { get; private set; }

    /// <summary>Queued in a goroutine's mailbox when this machine wants the goroutine back.</summary>
    internal ReturnItem Return { get; }

    /// <summary>
    /// What the machine believes is its processor; true only while <see cref="Processor.Owner"/> says so. Written by the machine.
    /// </summary>
    internal Processor? Processor;

    /// <summary>The goroutine whose frames are on the stack, and whose run right the machine has; written by the machine.</summary>
    internal Goroutine? Current;

    /// <summary>
    /// The goroutine whose frames are on the stack, in a declared call for which the run right was given up; written by the machine.
    /// </summary>
    internal Goroutine? OutOnCall;

    /// <summary>Either.</summary>
    internal Goroutine? OnStack => Current ?? OutOnCall;

    /// <summary>The goroutine that is locked to this machine; written by the machine.</summary>
    internal Goroutine? Locked;

    /// <summary>What the current item's last operation of Weft was awaited by, and what it was.</summary>
    internal object? WaitBox;
    internal WaitReason WaitReason;

    /// <summary>It was awaited by what always resumes the goroutine's body; <see cref="WaitBox"/> is not set then.</summary>
    internal bool IsWaitOfBody;

    /// <summary>Sets one of the two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void NoteWaitBox(Goroutine goroutine, object continuation)
    {
        if (goroutine.IsResumedBy(continuation))
            IsWaitOfBody = true;
        else
            WaitBox = continuation;
    }

    /// <summary>Forgets both.</summary>
    internal void ForgetWait()
    {
        WaitBox = null;
        IsWaitOfBody = false;
    }

    /// <summary>
    /// How many operations that complete at once a goroutine may do in a row before it gives the others a turn: Tokio's figure. Long enough
    /// that a turn's cost does not show, short enough (a few microseconds) that nobody notices the wait.
    /// </summary>
    internal const int OperationBudget = 128;

    /// <summary>What is left of that; written by the machine.</summary>
    internal int Budget;

    /// <summary>
    /// Looking for work; counted in the engine. Written by the machine, or by whoever delivers a processor to it while it is parked.
    /// </summary>
    internal bool Spinning;

    /// <summary>It has not looked for work since its processor was delivered.</summary>
    internal bool HasNewProcessor { get; set; }

    /// <summary>On its way out: nothing may be delivered to it any more. Under the engine's lock.</summary>
    internal bool IsGone { get; set; }

    /// <summary>It leaves because there are too many. Under the engine's lock.</summary>
    internal bool IsShed { get; set; }

    /// <summary>Ended locked: runs nothing any more, creates no thread. Never goes back.</summary>
    internal bool Tainted { get; set; }

    /// <summary>Why the monitor took its processor, until the machine has noticed; under the engine's lock.</summary>
    internal HandOffCause? TakenFor { get; set; }

    // Delivered before the wake-up: what to do next, with what.
    internal MachineOrder Order { get; set; }
    internal Goroutine? NextGoroutine { get; set; }
    private volatile Processor? _nextProcessor;

    /// <summary>Set last of what is delivered: the machine may be awake for another reason and look at it.</summary>
    internal Processor? NextProcessor
    {
        get => _nextProcessor;
        set => _nextProcessor = value;
    }

    /// <summary>Declared blocking calls on its stack; written by the machine.</summary>
    internal int CallDepth { get; set; }

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
    internal bool Enter()
    {
        Volatile.Write(ref _inScheduler, 1);
        return Processor is Processor processor && Volatile.Read(ref processor.Owner) == this;
    }

    /// <summary>Goes back to goroutine code; everything stored before is seen by whoever sees this.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Leave() => Volatile.Write(ref _inScheduler, 0);

    /// <summary>
    /// The system's tick count in milliseconds when the machine last asked, every <see cref="Engine.ClockInterval"/> goroutines: to ask
    /// each time costs a twentieth of a goroutine's turn.
    /// </summary>
    internal int CoarseTime { get; set; }

    /// <summary>Counts an operation of the running goroutine that completed at once; true when it is to give the others a turn.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool SpendBudget() => --Budget < 0;

    /// <summary>Sleeps until a processor was delivered.</summary>
    internal void ParkForProcessor()
    {
        while (_nextProcessor is null)
            _parker.Park();
    }

    /// <summary>
    /// Sleeps until a processor was delivered, or the order to exit. A wake-up may be left over from an order that was overtaken.
    /// </summary>
    internal void ParkForOrder()
    {
        ResetThreadWholly();
        while (!HasOrder)
            _parker.Park();
    }

    /// <summary>A processor was delivered, or the order to exit came.</summary>
    internal bool HasOrder => _nextProcessor is not null || Order == MachineOrder.Exit;

    /// <summary>Sleeps until it is woken, at most that many nanoseconds.</summary>
    internal void Nap(long nanoseconds) => _parker.Park(nanoseconds);

    internal void Unpark() => _parker.Unpark();

    /// <summary>Takes over the processor that was delivered, if it is one.</summary>
    internal void TakeDelivery()
    {
        Processor = NextProcessor is { IsNone: false } processor ? processor : null;
        NextProcessor = null;
        HasNewProcessor = true;
        CoarseTime = unchecked((int)Environment.TickCount64);
    }

    /// <summary>The goroutine that was delivered with the processor, if one was.</summary>
    internal Goroutine? TakeNextGoroutine()
    {
        Goroutine? goroutine = NextGoroutine;
        NextGoroutine = null;
        return goroutine;
    }

    /// <summary>Notes what the calling goroutine waits for, if it is one and <paramref name="box"/> turns out to be its body.</summary>
    internal static void NoteWait(WaitReason reason, object? box)
    {
        if (Calling is not Machine { Current: not null } machine)
            return;
        machine.WaitBox = box;
        machine.WaitReason = reason;
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

    void IThreadBody.Run()
    {
        // On a thread of its own there is nothing to come back to; in Run on a platform with one thread there is.
        Machine? outer = Calling;
        SynchronizationContext? outerContext = SynchronizationContext.Current;
        BecomeCalling();
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
