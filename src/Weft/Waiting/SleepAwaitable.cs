using System.ComponentModel;
using System.Runtime.CompilerServices;
using Weft.Runtime.Host;
using Weft.Runtime.Running;
using Weft.Waiting;

namespace Weft;

/// <summary>
/// A sleep, to be awaited once; what <see cref="Go.SleepAsync"/> returns. It converts to a <see cref="ValueTask"/>.
/// </summary>
public readonly struct SleepAwaitable
{
    private readonly SleepOperation? _operation;
    private readonly short _version;

    internal SleepAwaitable(SleepOperation operation)
    {
        _operation = operation;
        _version = operation.Version;
    }

    /// <summary>Makes <c>await</c> work.</summary>
    public Awaiter GetAwaiter() => new(this);

    /// <summary>As <see cref="ValueTask.ConfigureAwait"/>.</summary>
    /// <param name="continueOnCapturedContext">Whether to go on where the await began: on its goroutine, if there is one.</param>
    public ConfiguredValueTaskAwaitable ConfigureAwait(bool continueOnCapturedContext) =>
        AsValueTask().ConfigureAwait(continueOnCapturedContext);

    /// <summary>The sleep as a task that can be awaited any number of times.</summary>
    public Task AsTask() => AsValueTask().AsTask();

    /// <summary>The sleep as a <see cref="ValueTask"/>; use that instead from then on.</summary>
    public ValueTask AsValueTask() => new(Misuse.NotDefault(_operation, nameof(SleepAwaitable)), _version);

    /// <summary>As <see cref="AsValueTask"/>.</summary>
    /// <param name="sleep">The sleep.</param>
    public static implicit operator ValueTask(SleepAwaitable sleep) => sleep.AsValueTask();

    /// <summary>Awaits the sleep; used by the compiler.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public readonly struct Awaiter : ICriticalNotifyCompletion, IGoroutineAwaiter
    {
        private readonly SleepAwaitable _sleep;

        internal Awaiter(SleepAwaitable sleep) => _sleep = sleep;

        /// <summary>Whether it was cancelled before it began.</summary>
        /// <exception cref="InvalidOperationException">It is awaited already, or was.</exception>
        public bool IsCompleted => Misuse.NotDefault(_sleep._operation, nameof(SleepAwaitable)).HasEnded(_sleep._version);

        /// <summary>Ends the use of the operation.</summary>
        /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
        public void GetResult() => Misuse.NotDefault(_sleep._operation, nameof(SleepAwaitable)).End(_sleep._version);

        /// <inheritdoc/>
        public void OnCompleted(Action continuation)
        {
            ArgumentNullException.ThrowIfNull(continuation);
            UnsafeOnCompleted(FlowedContinuation.Of(continuation));
        }

        /// <inheritdoc/>
        public void UnsafeOnCompleted(Action continuation)
        {
            ArgumentNullException.ThrowIfNull(continuation);
            _sleep._operation!.Await(continuation, _sleep._version);
        }

        void IGoroutineAwaiter.Suspend(BodyFrame frame) => _sleep._operation!.Suspend(frame, _sleep._version);
    }
}
