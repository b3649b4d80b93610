using Weft.Runtime.Host;
using Weft.Runtime.Running;

namespace Weft.Runtime.Core;

/// <summary>
/// Goes on with a flow of another goroutine up to its next await, and then ends. <see cref="FlowContext"/> says why.
/// </summary>
internal sealed class FlowGoroutine(FlowContext context, object action, object? state)
    : Goroutine(context.Root, context) // which has no use for a body: InvokeBody knows what to do
{
    private static readonly Action<object?> s_runAsMail = static flow => ((FlowGoroutine)flow!).RunAsMail();

    private object? _state = state;

    /// <summary>Whether its flow goes on, or has, with it or as mail of another.</summary>
    internal bool HasBegun { get; private set; }

    internal override Goroutine Root => context.Root;

    private protected override SynchronizationContext ContextOfFlows => context;

    private protected override bool IsFlowOfAHosted => !HasBegun && context.Root.ExtraOrNull?.FlowHosts is not null;

    internal override Goroutine? FindHostedOfItsFlows()
    {
        for (Runner? host = HasBegun ? null : context.Root.ExtraOrNull?.FlowHosts; host is not null; host = host.NextFlowHost)
        {
            if (host is { Hosting: Hosting.Hears, OnStack: Goroutine hosted } && IsParked(hosted))
                return hosted;
        }

        return null;
    }

    /// <summary>Has the flow go on as mail of a goroutine that waits, and ends. False if that one is not parked any more.</summary>
    internal bool TryBecomeMailOf(Goroutine hosted)
    {
        if (!hosted.TryPostInHand(new FlowMail(this)))
            return false;
        HasBegun = true;
        return true;
    }

    /// <summary>Has the pool run what no goroutine will run.</summary>
    internal void RunOnPool() => CleanThread.QueueToPool(static flow => ((FlowGoroutine)flow!).RunUncounted(), this);

    private protected override object? InvokeBody(object body)
    {
        HasBegun = true;
        using (context.Habit is BlockHabit habit ? habit.Begin(Machine.Calling!) : default)
            RunAction();
        return null;
    }

    private protected override void Abandon(Exception reason)
    {
        if (!HasBegun)
            RunOnPool();
    }

    // They are the root's, and not those of the goroutine that posts.
    private protected override void InheritLabels()
    {
    }

    // What the machine leaves behind of it is undone after each item of a mailbox.
    private void RunAsMail()
    {
        if (EndUnbegun() is ExecutionContext values)
            ExecutionContext.Restore(values);
        SynchronizationContext.SetSynchronizationContext(context);
        RunAction();
    }

    private void RunUncounted()
    {
        HasBegun = true;
        RunAction();
    }

    // What was posted, by .NET or by Weft.
    private void RunAction()
    {
        if (action is SendOrPostCallback callback)
            callback(MoveOut(ref _state));
        else
            ((Action<object?>)action)(MoveOut(ref _state));
    }

    // In the mailbox of another, which may be abandoned with it there.
    private sealed class FlowMail(FlowGoroutine flow) : WorkItem(s_runAsMail, flow)
    {
        internal override void OnNeverRun() => flow.RunOnPool();
    }
}
