using System.Threading.Tasks.Sources;
using Weft.Waiting;

namespace Weft.Channels;

/// <summary>What awaiting a send needs to know of an operation, whatever the type of the value.</summary>
internal abstract class SendOperation : Operation, IValueTaskSource
{
    /// <summary>In one of the channel's queues. Written under the channel's lock.</summary>
    internal volatile bool IsQueued;

    /// <summary>Ends this use.</summary>
    /// <exception cref="System.Threading.Channels.ChannelClosedException">The channel is closed, or was closed meanwhile.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    internal abstract void EndSend(short token);

    /// <summary>How far it has come, for who awaits it through a <see cref="ValueTask"/>.</summary>
    private protected virtual ValueTaskSourceStatus SendStatus(short token) => Status(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => SendStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        Await(continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token) => EndSend(token);
}
