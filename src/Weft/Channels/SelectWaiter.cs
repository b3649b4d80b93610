using Weft.Scheduling;

namespace Weft.Channels;

/// <summary>The place of a select's case in a channel's queue.</summary>
internal sealed class SelectWaiter<T> : Waiter<T>
{
    private readonly int _index;

    internal SelectWaiter(int index)
    {
        _index = index;
        IsSpecial = true;
    }

    /// <summary>The wait it is queued for. Written under the channel's lock, before it is put into the queue.</summary>
    internal SelectOperation? Operation { get; set; }

    /// <summary>How the exchange ended, once the case has won.</summary>
    internal Outcome EndedAs { get; set; }

    internal override void EndSend(short token) => throw new NotSupportedException("A case is awaited through its select.");

    private protected override bool IsOpenSpecial => Operation!.IsOpen;

    private protected override bool TryClaimSpecial() => Operation!.TryClaimOpen(_index);

    private protected override void FinishSpecial(Outcome outcome, Machine? machine)
    {
        EndedAs = outcome;
        Operation!.Complete(Outcome.Done, machine);
    }
}
