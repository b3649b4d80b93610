namespace Weft.Runtime.Running;

/// <summary>
/// Something to be run as a part of a goroutine, that can wait in its mailbox without an allocation: a continuation with its state, or a
/// machine that wants the goroutine back (<see cref="Runner.Comeback"/>).
/// </summary>
internal class WorkItem
{
    /// <summary>The next item of the mailbox this item is in.</summary>
    internal WorkItem? Next;

    internal WorkItem()
    {
    }

    internal WorkItem(object action, object? state)
    {
        Action = action;
        State = state;
    }

    /// <summary>What to call; see <see cref="Goroutine"/>'s mailbox for the types it can have. Null: nothing.</summary>
    internal object? Action;

    /// <summary>The argument of <see cref="Action"/>, where it takes one.</summary>
    internal object? State;

    /// <summary>It is in the mailbox, or was to get there, of a goroutine that never runs again.</summary>
    internal virtual void OnNeverRun()
    {
    }

    /// <summary>
    /// Its mail has come, and there is nothing to call yet, or any more. With the run right of the goroutine.
    /// </summary>
    internal virtual void OnMailForNobody()
    {
    }

    /// <summary>
    /// It is the first of those that the goroutine keeps for its next waits, and the goroutine never runs again: all of them leave what
    /// they wait for.
    /// </summary>
    internal virtual void WithdrawAll(Goroutine goroutine)
    {
    }

    /// <summary>
    /// It is the first of those that the goroutine keeps for its next waits, and the goroutine has ended: those that are in use, by flows
    /// that go on; the others are forgotten. With the run right of the goroutine.
    /// </summary>
    internal virtual WorkItem? ForgetUnused() => this;

    /// <summary>It was taken out of the mailbox since this was cleared. With the goroutine's run right only.</summary>
    internal bool WasTaken;
}

/// <summary>A machine that blocked with this goroutine's frames on its stack and is back: it gets the run right and a processor.</summary>
internal sealed class ComebackItem(Runner runner) : WorkItem
{
    internal Runner Runner { get; } = runner;
}
