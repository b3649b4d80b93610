using System.ComponentModel;
using System.Runtime.CompilerServices;
using Weft.Channels;
using Weft.Runtime.Host;
using Weft.Runtime.Running;

namespace Weft;

/// <summary>
/// A send that has begun, to be awaited once; what <see cref="Chan{T}.SendAsync"/> returns. It converts to a <see cref="ValueTask"/>.
/// </summary>
public readonly struct SendAwaitable
{
    private readonly Waiter? _operation;
    private readonly short _version;

    internal SendAwaitable(Waiter operation)
    {
        _operation = operation;
        _version = operation.Version;
    }

    private SendAwaitable(short version) => _version = version;

    /// <summary>What is to be awaited; null when there was no need to wait.</summary>
    internal Waiter? Operation => _operation;

    /// <summary>A send that had no need to wait.</summary>
    internal static SendAwaitable Sent => new(Misuse.Ready);

    /// <summary>Makes <c>await</c> work.</summary>
    public Awaiter GetAwaiter() => new(this);

    /// <summary>As <see cref="ValueTask.ConfigureAwait"/>.</summary>
    /// <param name="continueOnCapturedContext">Whether to go on where the await began: on its goroutine, if there is one.</param>
    public ConfiguredValueTaskAwaitable ConfigureAwait(bool continueOnCapturedContext) =>
        AsValueTask().ConfigureAwait(continueOnCapturedContext);

    /// <summary>The send as a task that can be awaited any number of times.</summary>
    public Task AsTask() => AsValueTask().AsTask();

    /// <summary>The send as a <see cref="ValueTask"/>; use that instead from then on.</summary>
    public ValueTask AsValueTask()
    {
        if (_operation is not null)
            return new ValueTask(_operation, _version);
        Misuse.CheckReady(_version, nameof(SendAwaitable));
        return default;
    }

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
        /// <exception cref="InvalidOperationException">It is awaited already, or was.</exception>
        public bool IsCompleted
        {
            get
            {
                if (_send._operation is not { } operation)
                    return true;
                operation.CheckUnawaited(_send._version);
                return false;
            }
        }

        /// <summary>Ends the use of the operation.</summary>
        /// <exception cref="System.Threading.Channels.ChannelClosedException">The channel is closed, or was closed meanwhile.</exception>
        /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
        public void GetResult()
        {
            if (_send._operation is { } operation)
                operation.EndSend(_send._version);
            else
                Misuse.CheckReady(_send._version, nameof(SendAwaitable));
        }

        /// <inheritdoc/>
        public void OnCompleted(Action continuation) => _send._operation!.Await(continuation, _send._version, flowContext: true);

        /// <inheritdoc/>
        public void UnsafeOnCompleted(Action continuation) => _send._operation!.Await(continuation, _send._version, flowContext: false);

        void IGoroutineAwaiter.Suspend(BodyFrame frame) => _send._operation!.Suspend(frame, _send._version);
    }
}
