using Weft.Runtime.Running;

namespace Weft.Runtime.Core;

/// <summary>
/// Runs what was posted to a goroutine on a thread that has frames of it on its stack, inside a wait of the goroutine's own.
/// </summary>
internal static class OwnMail
{
    /// <summary>
    /// Runs some of it, on a machine that is in goroutine code and has the run right, and leaves the caller's AsyncLocal values and context
    /// as they were.
    /// </summary>
    internal static void Run(Machine machine, Goroutine goroutine)
    {
        if (!goroutine.HasMail || goroutine.PendingComeback is not null)
            return;
        SynchronizationContext? synchronization = SynchronizationContext.Current;
        bool suppressed = ExecutionContext.IsFlowSuppressed();
        if (suppressed)
            ExecutionContext.RestoreFlow();
        ExecutionContext context = ExecutionContext.Capture()!;
        if (context != Runner.DefaultContext)
            ExecutionContext.Restore(Runner.DefaultContext!);
        SynchronizationContext.SetSynchronizationContext(goroutine);
        bool wasAhead = machine.IsAhead;
        goroutine.RunMailbox(machine);
        machine.IsAhead &= wasAhead; // what the mail expected to block is over; the caller's code wants a processor again
        if (goroutine.HasEnded)
            goroutine.CompleteEnded(); // what waits for the end may be what this wait is for
        SynchronizationContext.SetSynchronizationContext(synchronization);
        ExecutionContext.Restore(context);
        if (suppressed)
            ExecutionContext.SuppressFlow();
    }
}
