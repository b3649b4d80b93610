using System.Threading.Tasks.Sources;
using Weft.Waiting;

namespace Weft.Channels;

/// <summary>
/// A place in one of a channel's two queues: a send or a receive that waits for its counterpart. The queue that it is in says which of the
/// two. The type of the value is known to <see cref="Waiter{T}"/>.
/// </summary>
/// <remarks>
/// <see cref="SendAwaitable"/> has no type parameter, as a send gives nothing. So it refers to this class, and what it needs is here;
/// <see cref="ReceiveAwaitable{T}"/> refers to <see cref="ChanOperation{T}"/>. Waiters of other kinds are not awaited: a thread blocks, and
/// a select is awaited as a whole.
/// </remarks>
internal abstract class Waiter : Operation, IValueTaskSource
{
    /// <summary>
    /// In one of the channel's queues. Written under the channel's lock. Volatile, as a select reads it without. Nobody else puts the
    /// select's waiters into a queue; and a peer that takes one out and does not claim it marks the select.
    /// </summary>
    internal volatile bool IsQueued;

    /// <summary>For the awaiter of a send: ends this use.</summary>
    /// <exception cref="System.Threading.Channels.ChannelClosedException">The channel is closed, or was closed meanwhile.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    internal virtual void EndSend(short token) => throw new NotSupportedException("This waiter is not awaited as a send.");

    /// <summary>For an awaiter of a send through a <see cref="ValueTask"/>: how far the send has come.</summary>
    private protected virtual ValueTaskSourceStatus SendStatus(short token) => Status(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => SendStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        Await(continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token) => EndSend(token);
}
