namespace Weft;

/// <content>What a debugger shows. It takes no lock: the thread that holds it may be stopped.</content>
public sealed partial class GoroutineGroup
{
    private string DebugText => $"{Count} under way{(Limit == int.MaxValue ? "" : $" of {Limit}")}"
        + (_starting.IsEmpty ? "" : ", others wait for room")
        + (_errors.Count == 0 ? "" : $", {_errors.Count} failed")
        + (Token.IsCancellationRequested ? ", cancelled" : "")
        + (_closed ? ", disposed" : "");

    /// <summary>A group in a debugger's window.</summary>
    internal sealed class DebugView(GoroutineGroup group)
    {
        public int Count => group.Count;

        public int Limit => group.Limit;

        public bool CancelOnError => group.CancelOnError;

        public bool IsCancelled => group.Token.IsCancellationRequested;

        public bool IsDisposed => group._closed;

        public Exception[] Errors => [.. group._errors];

        public Scheduler Scheduler => group.Scheduler;
    }
}
