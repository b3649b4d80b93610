using System.ComponentModel;
using System.Runtime.CompilerServices;
using Weft.Runtime.Host;
using Weft.Runtime.Running;

namespace Weft;

/// <summary>
/// A wait of a <see cref="Select"/> that has begun, to be awaited once; what <see cref="Select.WaitAsync"/> returns. It converts to a
/// <see cref="ValueTask{T}"/>.
/// </summary>
public readonly struct SelectAwaitable
{
    private readonly Select? _select;

    internal SelectAwaitable(Select select) => _select = select;

    /// <summary>Makes <c>await</c> work.</summary>
    public Awaiter GetAwaiter() => new(Misuse.NotDefault(_select, nameof(SelectAwaitable)));

    /// <summary>As <see cref="ValueTask{T}.ConfigureAwait"/>.</summary>
    /// <param name="continueOnCapturedContext">Whether to go on where the await began: on its goroutine, if there is one.</param>
    public ConfiguredValueTaskAwaitable<SelectCase> ConfigureAwait(bool continueOnCapturedContext) =>
        AsValueTask().ConfigureAwait(continueOnCapturedContext);

    /// <summary>The wait as a task.</summary>
    public Task<SelectCase> AsTask() => AsValueTask().AsTask();

    /// <summary>The wait as a <see cref="ValueTask{T}"/>; use that instead from then on.</summary>
    public ValueTask<SelectCase> AsValueTask()
    {
        Select select = Misuse.NotDefault(_select, nameof(SelectAwaitable));
        if (!select.IsReady)
            return select.AsValueTask();
        try
        {
            return new ValueTask<SelectCase>(GetAwaiter().GetResult());
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<SelectCase>(exception);
        }
    }

    /// <summary>As <see cref="AsValueTask"/>.</summary>
    /// <param name="select">The wait.</param>
    public static implicit operator ValueTask<SelectCase>(SelectAwaitable select) => select.AsValueTask();

    /// <summary>Awaits the wait; used by the compiler.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public readonly struct Awaiter : ICriticalNotifyCompletion, IGoroutineAwaiter
    {
        private readonly Select? _select;

        internal Awaiter(Select select) => _select = select;

        /// <summary>Whether there was no need to wait; it does not become true later.</summary>
        /// <exception cref="InvalidOperationException">It is awaited already, or was.</exception>
        public bool IsCompleted => Misuse.NotDefault(_select, nameof(SelectAwaitable)).IsCompleted();

        /// <summary>The case that has won; ends the wait.</summary>
        /// <exception cref="InvalidOperationException">The wait was awaited before.</exception>
        public SelectCase GetResult() => Misuse.NotDefault(_select, nameof(SelectAwaitable)).GetResult();

        /// <inheritdoc/>
        public void OnCompleted(Action continuation) => _select!.Await(continuation, flowContext: true);

        /// <inheritdoc/>
        public void UnsafeOnCompleted(Action continuation) => _select!.Await(continuation, flowContext: false);

        void IGoroutineAwaiter.Suspend(BodyFrame frame) => _select!.Suspend(frame);
    }
}
