using System.Runtime.CompilerServices;
using Weft.Runtime.Host;

namespace Weft.Runtime.Running;

/// <summary>
/// A machine as far as the goroutine that runs on it has to know of it. The only class that derives from it is the machine. What is hot is
/// a field here, so that nothing of it is a virtual call.
/// </summary>
internal abstract class Runner : WeftThread
{
    /// <summary>
    /// How many operations that complete at once a goroutine may do in a row before it gives the others a turn: Tokio's figure. Long enough
    /// that a turn's cost does not show, short enough (a few microseconds) that nobody notices the wait.
    /// </summary>
    internal const int OperationBudget = 128;

    /// <summary>The goroutine whose frames are on the stack, and whose run right the machine has; written by the machine.</summary>
    internal Goroutine? Current;

    /// <summary>
    /// The goroutine whose frames are on the stack, in a declared call for which the run right was given up; written by the machine.
    /// </summary>
    internal Goroutine? OutOnCall;

    /// <summary>The goroutine that is locked to this machine; written by the machine.</summary>
    internal Goroutine? Locked;

    /// <summary>What the current item's last operation of Weft was awaited by, and what it was.</summary>
    internal object? WaitBox;
    internal WaitReason WaitReason;

    /// <summary>It was awaited by what always resumes the goroutine's body; <see cref="WaitBox"/> is not set then.</summary>
    internal bool IsWaitOfBody;

    /// <summary>What is left of <see cref="OperationBudget"/>; written by the machine.</summary>
    internal int Budget;

    private Runner? _nextHost;
    private Runner? _nextFlowHost;

    private protected Runner() => Comeback = new ComebackItem(this);

    /// <summary>The context of a thread on which nobody has set an AsyncLocal; known once the first machine has started.</summary>
    internal static ExecutionContext? DefaultContext { get; private protected set; }

    /// <summary>The one that the calling thread is, or null.</summary>
    internal static new Runner? Calling
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Unsafe.As<Runner>(WeftThread.Calling);
    }

    /// <summary>The goroutine that the calling thread runs, or null.</summary>
    internal static Goroutine? CurrentGoroutine => Calling?.Current;

    /// <summary>The goroutine whose code the calling thread runs, be it in a declared call of it; null if it runs none.</summary>
    internal static Goroutine? CallingGoroutine => Calling?.OnStack;

    /// <summary>The goroutine whose frames are on the stack.</summary>
    internal Goroutine? OnStack => Current ?? OutOnCall;

    /// <summary>Queued in a goroutine's mailbox when this machine wants the goroutine back.</summary>
    internal ComebackItem Comeback { get; }

    /// <summary>On its way out: nothing may be handed to it any more. Under the engine's lock.</summary>
    internal bool IsGone { get; set; }

    /// <summary>Declared blocking calls on its stack; written by the machine.</summary>
    internal int CallDepth { get; set; }

    /// <summary>The next machine that waits with frames of the same goroutine; under the engine's lock.</summary>
    internal Runner? NextHost => _nextHost;

    /// <summary>The next machine that waits with frames of a flow of the same goroutine; under the engine's lock.</summary>
    internal Runner? NextFlowHost => _nextFlowHost;

    /// <summary>Where one of these two is stored.</summary>
    internal ref Runner? NextHostOf(bool ofFlows) => ref ofFlows ? ref _nextFlowHost : ref _nextHost;

    /// <summary>Whether it can be given mail; under the engine's lock.</summary>
    internal Hosting Hosting { get; set; }

    /// <summary>
    /// The system's tick count in milliseconds when the machine last asked, every some goroutines: to ask each time costs a twentieth of a
    /// goroutine's turn.
    /// </summary>
    internal int CoarseTime { get; set; }

    /// <summary>Notes what the calling goroutine waits for, if it is one and <paramref name="box"/> turns out to be its body.</summary>
    internal static void NoteWait(WaitReason reason, object? box)
    {
        if (Calling is not { Current: not null } runner)
            return;
        runner.WaitBox = box;
        runner.WaitReason = reason;
    }

    /// <summary>Sets <see cref="IsWaitOfBody"/> or <see cref="WaitBox"/>.</summary>
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

    /// <summary>Counts an operation of the running goroutine that completed at once; true when it is to give the others a turn.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool SpendBudget() => --Budget < 0;
}
