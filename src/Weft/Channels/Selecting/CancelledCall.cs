using Weft.Runtime.Core;
using Weft.Waiting;

namespace Weft.Channels.Selecting;

/// <summary>What a token calls for a <see cref="CancelledCase"/>: ends the wait for which the case was registered.</summary>
/// <remarks>
/// <para>Canceller: runs the call, which reads the operation and the number of the wait, and claims that wait.</para>
/// <para>Waiter: writes both, then registers; when the wait is over, unregisters.</para>
/// <para>
/// Therefore: either the call was unregistered before it began, and never runs; or the waiter is told that it was not, and leaves this
/// object to the canceller and makes another. So both fields stay as they are while the call may read them, and a call that comes late
/// claims a wait that is over, in vain.
/// </para>
/// </remarks>
internal sealed class CancelledCall(int index)
{
    private SelectOperation? _operation;
    private uint _wait;

    internal void Begin(SelectOperation operation)
    {
        _operation = operation;
        _wait = operation.Wait;
    }

    internal void Run()
    {
        SelectOperation operation = _operation!;
        if (operation.TryClaim(_wait, index))
            operation.Complete(Outcome.Done, Machine.Calling);
    }
}
