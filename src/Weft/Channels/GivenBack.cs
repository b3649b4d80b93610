using Weft.Runtime.Core;
using Weft.Waiting;

namespace Weft.Channels;

/// <summary>
/// A value that was received by a goroutine which never came to look at it, and for which the channel has no place: the next receiver gets
/// it, as if its sender still waited.
/// </summary>
internal sealed class GivenBack<T> : Waiter<T>
{
    internal GivenBack(T value)
    {
        IsSpecial = true;
        Value = value;
    }

    private protected override void FinishSpecial(Outcome outcome, Machine? machine)
    {
    }
}
