using Weft.Runtime.Running;

namespace Weft;

/// <content>Flows that run side by side, where the scheduler has them (<see cref="SchedulerOptions.ConcurrentFlows"/>).</content>
public abstract partial class Goroutine
{
    /// <summary>
    /// The goroutine whose flow this one goes on with; itself, if it is none of that kind. It has the name and the labels, and it is the
    /// one that <see cref="Go.Exit"/> ends.
    /// </summary>
    internal virtual Goroutine Root => this;

    /// <summary>
    /// Whether an operation of Weft that it starts comes back to its mailbox. Otherwise it is started as by a thread that runs no
    /// goroutine, and goes on where its await began: the goroutine may have ended by then.
    /// </summary>
    internal virtual bool OwnsOperations => !Home.HasConcurrentFlows;

    /// <summary>
    /// Whether it is to go on with a flow, and another flow of the same root waits on a machine that could do it inside the wait. For
    /// callers of <see cref="IsBound"/>.
    /// </summary>
    private protected virtual bool IsFlowOfAHosted => false;

    /// <summary>The one that waits there, if it can be given the flow now. With the engine's lock.</summary>
    internal virtual Goroutine? FindHostedOfItsFlows() => null;

    /// <summary>
    /// Brings an item if it is parked. True: it is Ready now, and in the caller's hands; false: nothing was brought.
    /// </summary>
    internal bool TryPostInHand(WorkItem item) => _mailbox.TryPostItem(item);

    /// <summary>Whether nothing is to be run for it, and no machine runs it. Other threads may be changing that.</summary>
    private protected static bool IsParked(Goroutine goroutine) => goroutine._mailbox.Phase == Mailbox.Parked;

    /// <summary>For a goroutine that has not begun, and that the caller has in its hands: ends it, as the caller does its work.</summary>
    /// <returns>The AsyncLocal values that it was started with.</returns>
    private protected ExecutionContext? EndUnbegun()
    {
        _mailbox.TryTake(out _, out object? context);
        End(null, null);
        return (ExecutionContext?)context;
    }

    /// <summary>The context of its code, where flows run side by side. Asked for once, as it begins.</summary>
    private protected virtual SynchronizationContext? ContextOfFlows => Home.MakeFlowContext(this);
}
