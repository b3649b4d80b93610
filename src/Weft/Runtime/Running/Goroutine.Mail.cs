using Weft.Runtime.Running;

namespace Weft;

/// <content>What is sent to the goroutine by other threads, and what it has of its own that mail can be brought to.</content>
public abstract partial class Goroutine
{
    private static readonly object s_begin = new();

    /// <summary>Link of the run queue the goroutine is in; owned by that queue.</summary>
    internal Goroutine? QueueNext;

    // Holds s_begin, BodyFrame, Action, Action<object?>, SendOrPostCallback (the latter two with their argument), or WorkItems with one of
    // these. Its note is WaitSince. Not readonly, and never copied.
    private Mailbox _mailbox;

    internal bool IsRunning => _mailbox.Phase == Mailbox.Running;

    /// <summary>Whether something waits to be run. The caller holds the run right.</summary>
    internal bool HasMail => _mailbox.HasMail;

    /// <summary>The machine the goroutine must be handed to before anything else, if it waits for one to come back.</summary>
    internal ComebackItem? PendingComeback => _mailbox.PendingComeback;

    /// <summary>
    /// Whether it has a machine of its own: one that it is locked to, that waits for it to come back, or that waits in a call of its with
    /// frames of it on the stack. For callers that have it in their hands, or hold the lock of the queue it is in. As long as it is in a
    /// queue, it has that machine.
    /// </summary>
    internal bool IsBound =>
        PendingComeback is not null || LockedTo is { IsGone: false } || _extra?.Hosts is not null
        || (Home.HasConcurrentFlows && IsFlowOfAHosted);

    /// <summary>Whether that machine can be handed it now. With the engine's lock.</summary>
    internal bool CanBeHanded =>
        PendingComeback is not null || LockedTo is { IsGone: false } || _extra?.FindHost() is not null
        || (Home.HasConcurrentFlows && FindHostedOfItsFlows() is not null);

    /// <summary>Brings a continuation to run. Any thread.</summary>
    internal void PostContinuation(object action, object? state)
    {
        if (Home.IsStopped)
        {
            Home.Refuse(this);
            return;
        }

        if (_mailbox.TryPost(action, state))
            Home.Enqueue(this);
        else
            PostToInbox(new WorkItem(action, state));
    }

    /// <summary>The same without an allocation; the item must not be in use.</summary>
    internal void PostItem(WorkItem item)
    {
        if (Home.IsStopped && item is not ComebackItem)
        {
            Home.Refuse(this);
            item.OnNeverRun();
            return;
        }

        PostToInbox(item);
    }

    /// <summary>
    /// Puts a wait that has ended into the mailbox of the goroutine that goes on after it. A parked goroutine gets what goes on instead of
    /// the wait, which is free at once, but is not told if the goroutine never runs again. Any thread.
    /// </summary>
    /// <param name="wait">The wait.</param>
    /// <param name="runner">The calling machine, or null.</param>
    internal void PostWait(WorkItem wait, Runner? runner)
    {
        if (Home.IsStopped)
        {
            Home.Refuse(this);
            wait.OnNeverRun();
            return;
        }

        if (_mailbox.TryPost(wait))
            Home.Enqueue(this, runner);
        else
            PostToInbox(wait);
    }

    private void PostToInbox(WorkItem item)
    {
        if (_mailbox.Post(item))
            Home.Enqueue(this);
        else
            _extra?.MailSignal?.Signal(); // a locked goroutine that waits runs what arrives inside its wait

        // It stopped after the look at it: the thread that abandoned the goroutine may have emptied the inbox before.
        if (Home.IsStopped)
            _mailbox.AbandonArrivals();
    }
}
