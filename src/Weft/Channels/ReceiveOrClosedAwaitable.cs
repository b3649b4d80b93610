using System.ComponentModel;
using System.Runtime.CompilerServices;
using Weft.Channels;
using Weft.Runtime.Host;
using Weft.Runtime.Running;

namespace Weft;

/// <summary>
/// A receive, or the news of the end, that has begun, to be awaited once; what <see cref="Chan{T}.ReceiveOrClosedAsync"/> returns. It
/// converts to a <see cref="ValueTask{T}"/>.
/// </summary>
/// <typeparam name="T">The type of the channel's values.</typeparam>
public readonly struct ReceiveOrClosedAwaitable<T>
{
    private readonly ChanOperation<T>? _operation;
    private readonly short _version;
    private readonly Received<T> _value;

    internal ReceiveOrClosedAwaitable(ChanOperation<T> operation)
    {
        _operation = operation;
        _version = operation.Version;
        _value = default;
    }

    internal ReceiveOrClosedAwaitable(Received<T> value)
    {
        _version = Misuse.Ready;
        _value = value;
    }

    private Received<T> Value
    {
        get
        {
            Misuse.CheckReady(_version, nameof(ReceiveOrClosedAwaitable<>));
            return _value;
        }
    }

    /// <summary>Makes <c>await</c> work.</summary>
    public Awaiter GetAwaiter() => new(this);

    /// <summary>As <see cref="ValueTask{T}.ConfigureAwait"/>.</summary>
    /// <param name="continueOnCapturedContext">Whether to go on where the await began: on its goroutine, if there is one.</param>
    public ConfiguredValueTaskAwaitable<Received<T>> ConfigureAwait(bool continueOnCapturedContext) =>
        AsValueTask().ConfigureAwait(continueOnCapturedContext);

    /// <summary>The receive as a task that can be awaited any number of times.</summary>
    public Task<Received<T>> AsTask() => AsValueTask().AsTask();

    /// <summary>The receive as a <see cref="ValueTask{T}"/>; use that instead from then on.</summary>
    public ValueTask<Received<T>> AsValueTask() =>
        _operation is null ? new ValueTask<Received<T>>(Value) : new ValueTask<Received<T>>(_operation, _version);

    /// <summary>As <see cref="AsValueTask"/>.</summary>
    /// <param name="receive">The receive.</param>
    public static implicit operator ValueTask<Received<T>>(ReceiveOrClosedAwaitable<T> receive) => receive.AsValueTask();

    /// <summary>Awaits the receive; used by the compiler.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public readonly struct Awaiter : ICriticalNotifyCompletion, IGoroutineAwaiter
    {
        private readonly ReceiveOrClosedAwaitable<T> _receive;

        internal Awaiter(ReceiveOrClosedAwaitable<T> receive) => _receive = receive;

        /// <summary>Whether there was no need to wait; it does not become true later.</summary>
        /// <exception cref="InvalidOperationException">It is awaited already, or was.</exception>
        public bool IsCompleted
        {
            get
            {
                if (_receive._operation is not { } operation)
                    return true;
                operation.CheckUnawaited(_receive._version);
                return false;
            }
        }

        /// <summary>The value received, or the news that there is none; ends the use of the operation.</summary>
        public Received<T> GetResult() =>
            _receive._operation is null ? _receive.Value : _receive._operation.GetReceived(_receive._version);

        /// <inheritdoc/>
        public void OnCompleted(Action continuation) => _receive._operation!.Await(continuation, _receive._version, flowContext: true);

        /// <inheritdoc/>
        public void UnsafeOnCompleted(Action continuation) =>
            _receive._operation!.Await(continuation, _receive._version, flowContext: false);

        void IGoroutineAwaiter.Suspend(BodyFrame frame) => _receive._operation!.Suspend(frame, _receive._version);
    }
}
