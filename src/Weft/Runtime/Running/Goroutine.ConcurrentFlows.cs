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

    /// <summary>The context of its code, where flows run side by side. Asked for once, as it begins.</summary>
    private protected virtual SynchronizationContext? ContextOfFlows => Home.MakeFlowContext(this);
}
