using System.ComponentModel;
using System.Runtime.CompilerServices;
using Weft.Channels;

namespace Weft;

/// <summary>
/// A wait of a <see cref="Select"/> that has begun, to be awaited once; what <see cref="Select.WaitAsync"/> returns. It converts to a
/// <see cref="ValueTask{T}"/>.
/// </summary>
public readonly struct SelectAwaitable
{
    private readonly SelectOperation? _operation;
    private readonly short _version;
    private readonly SelectCase? _winner;

    internal SelectAwaitable(SelectOperation operation)
    {
        _operation = operation;
        _version = operation.Version;
        _winner = null;
    }

    internal SelectAwaitable(SelectCase winner) => _winner = winner;

    /// <summary>Makes <c>await</c> work.</summary>
    public Awaiter GetAwaiter() => new(this);

    /// <summary>As <see cref="ValueTask{T}.ConfigureAwait"/>.</summary>
    public ConfiguredValueTaskAwaitable<SelectCase> ConfigureAwait(bool continueOnCapturedContext) =>
        AsValueTask().ConfigureAwait(continueOnCapturedContext);

    /// <summary>The wait as a task.</summary>
    public Task<SelectCase> AsTask() => AsValueTask().AsTask();

    /// <summary>The wait as a <see cref="ValueTask{T}"/>; use that instead from then on.</summary>
    public ValueTask<SelectCase> AsValueTask()
    {
        if (_operation is not null)
            return new ValueTask<SelectCase>(_operation, _version);
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
    public static implicit operator ValueTask<SelectCase>(SelectAwaitable select) => select.AsValueTask();

    /// <summary>Awaits the wait; used by the compiler.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public readonly struct Awaiter : ICriticalNotifyCompletion
    {
        private readonly SelectAwaitable _select;

        internal Awaiter(SelectAwaitable select) => _select = select;

        /// <summary>Whether there was no need to wait; it does not become true later.</summary>
        public bool IsCompleted => _select._operation is null;

        /// <summary>The case that has won; ends the wait.</summary>
        public SelectCase GetResult()
        {
            if (_select._operation is not null)
                return _select._operation.GetResult(_select._version);
            _select._winner!.Conclude();
            return _select._winner;
        }

        /// <inheritdoc/>
        public void OnCompleted(Action continuation) => _select._operation!.Await(continuation, _select._version, flowContext: true);

        /// <inheritdoc/>
        public void UnsafeOnCompleted(Action continuation) => _select._operation!.Await(continuation, _select._version, flowContext: false);
    }
}
