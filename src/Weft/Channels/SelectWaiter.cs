using Weft.Scheduling;

namespace Weft.Channels;

/// <summary>The place of a select's case in a channel's queue.</summary>
internal sealed class SelectWaiter<T> : Waiter<T>
{
    private readonly int _index;
    private SelectOperation? _operation;
    private uint _wait;

    internal SelectWaiter(int index)
    {
        _index = index;
        IsSpecial = true;
    }

    /// <summary>How the exchange ended, once the case has won.</summary>
    internal Outcome EndedAs { get; set; }

    /// <summary>Under the channel's lock, as the waiter is put into its queue.</summary>
    internal void Prepare(SelectOperation operation)
    {
        _operation = operation;
        _wait = operation.Wait;
    }

    internal override void EndSend(short token) => throw new NotSupportedException("A case is awaited through its select.");

    private protected override bool TryClaimSpecial() => _operation!.TryClaim(_wait, _index);

    private protected override void FinishSpecial(Outcome outcome, Machine? machine)
    {
        EndedAs = outcome;
        _operation!.Complete(Outcome.Done, machine);
    }
}
