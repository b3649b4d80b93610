using System.ComponentModel;
using System.Runtime.CompilerServices;
using Weft.Channels;
using Weft.Scheduling;

namespace Weft;

/// <summary>
/// A send that has begun, to be awaited once; what <see cref="Chan{T}.SendAsync"/> returns. It converts to a <see cref="ValueTask"/>.
/// </summary>
public readonly struct SendAwaitable
{
    private readonly SendOperation? _operation;
    private readonly short _version;

    internal SendAwaitable(SendOperation operation)
    {
        _operation = operation;
        _version = operation.Version;
    }

    /// <summary>What is to be awaited; null when there was no need to wait.</summary>
    internal SendOperation? Operation => _operation;

    /// <summary>Makes <c>await</c> work.</summary>
    public Awaiter GetAwaiter() => new(this);

    /// <summary>As <see cref="ValueTask.ConfigureAwait"/>.</summary>
    /// <param name="continueOnCapturedContext">Whether to go on where the await began: on its goroutine, if there is one.</param>
    public ConfiguredValueTaskAwaitable ConfigureAwait(bool continueOnCapturedContext) =>
        AsValueTask().ConfigureAwait(continueOnCapturedContext);

    /// <summary>The send as a task that can be awaited any number of times.</summary>
    public Task AsTask() => AsValueTask().AsTask();

    /// <summary>The send as a <see cref="ValueTask"/>; use that instead from then on.</summary>
    public ValueTask AsValueTask() => _operation is null ? default : new ValueTask(_operation, _version);

    /// <summary>As <see cref="AsValueTask"/>.</summary>
    /// <param name="send">The send.</param>
    public static implicit operator ValueTask(SendAwaitable send) => send.AsValueTask();

    /// <summary>Awaits the send; used by the compiler.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public readonly struct Awaiter : ICriticalNotifyCompletion, IGoroutineAwaiter
    {
        private readonly SendAwaitable _send;

        internal Awaiter(SendAwaitable send) => _send = send;

        /// <summary>Whether there was no need to wait; it does not become true later.</summary>
        public bool IsCompleted => _send._operation is null;

        /// <summary>Ends the use of the operation.</summary>
        /// <exception cref="System.Threading.Channels.ChannelClosedException">The channel is closed, or was closed meanwhile.</exception>
        /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
        public void GetResult() => _send._operation?.EndSend(_send._version);

        /// <inheritdoc/>
        public void OnCompleted(Action continuation) => _send._operation!.Await(continuation, _send._version, flowContext: true);

        /// <inheritdoc/>
        public void UnsafeOnCompleted(Action continuation) => _send._operation!.Await(continuation, _send._version, flowContext: false);

        void IGoroutineAwaiter.Suspend(BodyFrame frame) => _send._operation!.Suspend(frame, _send._version);
    }
}
