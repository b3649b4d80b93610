using Weft.Runtime.Running;

namespace Weft.Channels.Selecting;

/// <summary>
/// The selects of a goroutine that keep places in channels' queues from one wait to the next. Used with the goroutine's run right only.
/// There are few, the oldest gives its places up for the newest, and all do when the goroutine ends: a channel that lives long does not
/// fill up with the places of selects that nobody uses any more.
/// </summary>
internal sealed class KeptSelects : IKeptSelects
{
    /// <summary>
    /// A goroutine that loops over a receive and a send with a way out each has two; twice that is room for more than most need.
    /// </summary>
    private const int Capacity = 4;

    private readonly Select?[] _selects = new Select?[Capacity];
    private int _oldest;

    /// <summary>Adds one; false if there is no room.</summary>
    internal bool TryAdd(Select select, Goroutine goroutine)
    {
        ref Select? slot = ref _selects[_oldest];
        if (slot is not null && !slot.TryWithdrawPlaces(goroutine))
            return false;
        slot = select;
        _oldest = (_oldest + 1) % Capacity;
        return true;
    }

    /// <summary>The goroutine never runs again.</summary>
    public void Withdraw(Goroutine goroutine)
    {
        foreach (Select? select in _selects)
            select?.Withdraw(goroutine);
    }

    /// <summary>The goroutine has ended.</summary>
    public void WithdrawPlaces(Goroutine goroutine)
    {
        foreach (ref Select? slot in _selects.AsSpan())
        {
            slot?.TryWithdrawPlaces(goroutine);
            slot = null;
        }
    }
}
