using System.Runtime.CompilerServices;
using Weft.Runtime.Running;

namespace Weft;

/// <content>Running what is in the mailbox, item by item, with the run right.</content>
public abstract partial class Goroutine
{
    /// <summary>
    /// Items of one goroutine run in a row before it goes to the tail of the queue. Small enough that a goroutine with a flooded mailbox
    /// does not starve its neighbours, large enough that a queue operation is cheap against it.
    /// </summary>
    private const int ItemBudget = 16;

    /// <summary>
    /// Queues a continuation of the running goroutine behind the other goroutines. Only the holder of the run right may call it.
    /// </summary>
    internal void YieldWith(object action, object? state)
    {
        if (!_mailbox.TryYield(action, state))
            PostToInbox(new WorkItem(action, state));
    }

    /// <summary>
    /// Runs what is in the mailbox, at most <see cref="ItemBudget"/> items and at least one. The caller's machine has the run right.
    /// Afterwards the run right is to be given up: see <see cref="TryPark"/>.
    /// </summary>
    internal void RunMailbox(Runner runner)
    {
        for (int budget = ItemBudget; budget > 0; budget--)
        {
            if (!_mailbox.TryTake(out object? taken, out object? state))
                return;

            // The item before may have left another context behind; the first finds the one that the machine has set.
            if (budget != ItemBudget)
                SetSynchronizationContext(this);
            object action = taken!;

            // The tests for the common kinds are comparisons, the one for a work item is a walk through the base classes.
            if (!ReferenceEquals(action, s_begin)
                && !IsFrame(action)
                && action is not (Action<object?> or System.Action)
                && action is WorkItem item)
            {
                if (!_mailbox.TryTakeFirst(item))
                    return;
                if (item.Action is null)
                {
                    item.OnMailForNobody(); // completed before it was awaited
                    continue;
                }

                action = item.Action;
                state = item.State;
            }

            object? before = _mailbox.Next;
            AssertRunner(runner);
            RunItem(runner, action, state);
            AssertRunner(runner);
            if (_mailbox.Next is object next && !ReferenceEquals(next, before))
                return; // it yielded
            if (LockedTo is Runner locked && locked != runner)
                return; // it asked for another thread
        }
    }

    private void RunItem(Runner runner, object action, object? state)
    {
        try
        {
            if (IsFrame(action))
                Unsafe.As<BodyFrame>(action).Resume();
            else if (ReferenceEquals(action, s_begin))
                Begin((ExecutionContext?)state);
            else if (action is Action continuation)
                continuation();
            else if (action is Action<object?> resume)
                resume(state);
            else
                RunRareItem(action, state);
        }
        catch (Exception e)
        {
            OnItemFailed(e);
        }

        bool otherFlow = (_flags & FlagParkedOnWeft) != 0 && !ResumesBody(action, state);

        // AsyncLocal values that the item set must not be seen by the next goroutine on this thread.
        if (ExecutionContext.Capture() != Runner.DefaultContext)
            ExecutionContext.Restore(Runner.DefaultContext!);
        AfterItem(runner, otherFlow);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RunRareItem(object action, object? state)
    {
        if (action is SendOrPostCallback posted)
            posted(state);
        else if (action is BodyFrame frame)
            frame.Resume(); // of another goroutine's body, which went on here when it was resumed and has waited here
        else
            throw new InvalidOperationException($"The mailbox of a goroutine held a {action.GetType()}.");
    }
}
