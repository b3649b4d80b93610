namespace Weft.Runtime.Running;

/// <summary>
/// Selects that a goroutine uses again and again, and that keep places in channels' queues in between. With the goroutine's run right only.
/// </summary>
internal interface IKeptSelects
{
    /// <summary>The goroutine never runs again: gives back what the selects got, and their places.</summary>
    void Withdraw(Goroutine goroutine);

    /// <summary>The goroutine has ended: gives the places back.</summary>
    void WithdrawPlaces(Goroutine goroutine);
}
