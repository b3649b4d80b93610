using Weft.Runtime.Core;
using Weft.Waiting;

namespace Weft.Channels.Selecting;

/// <summary>The place of a select's case in a channel's queue.</summary>
internal sealed class SelectWaiter<T> : Waiter<T>
{
    private readonly int _index;

    // What it is queued for; the same while it is in a queue.
    private SelectOperation? _operation;

    internal SelectWaiter(int index)
    {
        _index = index;
        IsSpecial = true;
    }

    /// <summary>How the exchange ended, once the case has won.</summary>
    internal Outcome EndedAs { get; set; }

    /// <summary>With the channel's lock: goes to the end of its queue.</summary>
    internal void Enqueue(Chan<T> channel, bool isSend, SelectOperation operation)
    {
        _operation = operation;
        ref WaitQueue<T> queue = ref channel.QueueOf(isSend);
        if (IsQueued)
            queue.Remove(this);
        queue.Add(this);
    }

    private protected override bool IsLeftSpecial => _operation!.IsLeftBehind;

    private protected override bool IsOpenSpecial => _operation!.IsOpen;

    private protected override bool TryClaimSpecial() => _operation!.TryClaimOpen(_index);

    private protected override void FinishSpecial(Outcome outcome, Machine? machine)
    {
        EndedAs = outcome;
        _operation!.Complete(Outcome.Done, machine);
    }
}
