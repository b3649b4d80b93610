using System.Diagnostics;
using Weft.Runtime.Running;
using Weft.Sync;

namespace Weft;

/// <summary>
/// Goroutines that belong together (structured concurrency): none outlives the group, the first error cancels the others and is what the
/// group throws, and at most <see cref="Limit"/> of them are under way at a time.
/// </summary>
/// <remarks>
/// <para>
/// <b>Errors.</b> The first exception that leaves a child cancels <see cref="Token"/>; it is thrown, as itself, by <see cref="WaitAsync"/>
/// or <see cref="DisposeAsync"/> once every child has ended. Exceptions of other children are attached: <see cref="GetOtherErrors"/> finds
/// them from the one thrown, <see cref="Errors"/> lists all. An <see cref="OperationCanceledException"/> that leaves a child after the
/// group was cancelled is no error. <see cref="DisposeAsync"/> does not throw again what <see cref="WaitAsync"/> has thrown. With
/// <see cref="CancelOnError"/> false an error cancels nothing.
/// </para>
/// <para>
/// <b>Cancellation.</b> Children see it through <see cref="Token"/>, which those that take a <see cref="CancellationToken"/> are given. A
/// group that is cancelled starts no more children: <c>Start</c> throws the first error, if that has cancelled it, and otherwise an
/// <see cref="OperationCanceledException"/>; <c>TryStart</c> gives null. Cancelled by the token that the group was made with, and having
/// kept a child from its end by that, the group throws an <see cref="OperationCanceledException"/> with that token; after
/// <see cref="Cancel"/> it does not.
/// </para>
/// <para>
/// <b>Nesting.</b> A child makes a group of its own with <c>new GoroutineGroup(group.Token)</c>: cancelling the outer cancels the inner,
/// and an error of the inner becomes the child's.
/// </para>
/// <para>
/// <c>await using</c> waits for the children even when an exception leaves the block; it cannot know of it. <see cref="RunAsync"/> does,
/// and cancels them. All members may be used from any thread.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// await using var group = new GoroutineGroup { Limit = 8 };
/// foreach (string url in urls)
///     await group.StartAsync(async token => await DownloadAsync(url, token));
/// </code>
/// </example>
[DebuggerDisplay("{DebugText,nq}")]
[DebuggerTypeProxy(typeof(DebugView))]
public sealed partial class GoroutineGroup : IAsyncDisposable, IWaitQueue, IGoroutineParent
{
    private const string OtherErrorsKey = "Weft.OtherErrors";

    private readonly CancellationToken _outside;
    private readonly CancellationTokenSource _cancellation;

    /// <summary>Makes a group without children, on the scheduler of the calling goroutine, or on the default one.</summary>
    /// <param name="cancellationToken">Cancels the group.</param>
    public GoroutineGroup(CancellationToken cancellationToken = default)
        : this(null, cancellationToken)
    {
    }

    /// <summary>Makes a group without children.</summary>
    /// <param name="scheduler">Runs the children; null for that of the calling goroutine, or the default one.</param>
    /// <param name="cancellationToken">Cancels the group.</param>
    public GoroutineGroup(Scheduler? scheduler, CancellationToken cancellationToken = default)
    {
        _engine = scheduler?.Engine ?? Scheduler.CurrentEngine;
        _outside = cancellationToken;
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Token = _cancellation.Token;
        Token.UnsafeRegister(static g => ((GoroutineGroup)g!).RefuseWaiting(), this);
    }

    /// <summary>
    /// How many children may be under way at a time; more wait to be started. At least 1; no limit (<see cref="int.MaxValue"/>) if it is
    /// not set. May be changed at any time: raised, it starts children that wait; lowered, it takes effect as children end.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to less than 1.</exception>
    public int Limit
    {
        get => Volatile.Read(ref _limit);
        set
        {
            if (value < 1)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(Limit),
                    value,
                    "A group needs room for one goroutine at least. For no limit, leave Limit as it is, or set it to int.MaxValue.");
            }

            ChangeLimit(value);
        }
    }

    /// <summary>
    /// Whether the first error cancels <see cref="Token"/>, and with it the other children; true if it is not set. When false, the others
    /// go on to their ends, and more may be started; the first error is thrown by <see cref="WaitAsync"/> all the same.
    /// </summary>
    public bool CancelOnError { get; init; } = true;

    /// <summary>Cancelled by the first error, by <see cref="Cancel"/>, and by the token that the group was made with.</summary>
    public CancellationToken Token { get; }

    /// <summary>Runs the children.</summary>
    public Scheduler Scheduler => (Scheduler)_engine.Listener;

    /// <summary>Children that have started and not ended; a snapshot.</summary>
    public int Count => Volatile.Read(ref _running);

    /// <summary>The exceptions that have left children so far, first come first; a copy.</summary>
    public IReadOnlyList<Exception> Errors
    {
        get
        {
            _gate.Enter();
            Exception[] errors = _errors.ToArray();
            _gate.Exit();
            return errors;
        }
    }

    /// <summary>The other errors of the group that threw <paramref name="exception"/>, first come first; empty if there was none.</summary>
    /// <param name="exception">What a group has thrown. The list is also in its <see cref="Exception.Data"/>, as
    /// "Weft.OtherErrors".</param>
    public static IReadOnlyList<Exception> GetOtherErrors(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception.Data[OtherErrorsKey] as IReadOnlyList<Exception> ?? [];
    }

    /// <summary>
    /// Cancels <see cref="Token"/>; callbacks registered with it run before this returns. On purpose: the group does not throw because
    /// of it. Does nothing if the group is cancelled or disposed.
    /// </summary>
    /// <exception cref="AggregateException">A callback threw.</exception>
    public void Cancel()
    {
        _gate.Enter();
        bool first = !_closed && !Token.IsCancellationRequested;
        _cancelledOnPurpose |= first;
        _gate.Exit();
        if (first)
            CancelSource();
    }

    /// <summary>
    /// Waits until no child is under way, and none waits to be. More may be started afterwards, unless the group is cancelled.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>; the children go on.</param>
    /// <exception cref="Exception">The first error of a child.</exception>
    /// <exception cref="OperationCanceledException">The group was cancelled from outside, or the wait was.</exception>
    public ValueTask WaitAsync(CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled(cancellationToken)
            : Enqueue(new GroupWait(this, Reason(WaitReason.Group), disposes: false, cancellationToken));

    /// <summary>
    /// Waits until every child has ended; then the group takes no more. Cancels nothing. The second call does nothing.
    /// </summary>
    /// <exception cref="Exception">The first error of a child, unless <see cref="WaitAsync"/> has thrown it.</exception>
    /// <exception cref="OperationCanceledException">The group was cancelled from outside, unless <see cref="WaitAsync"/> has said
    /// so.</exception>
    public ValueTask DisposeAsync() => Enqueue(new GroupWait(this, Reason(WaitReason.Group), disposes: true, CancellationToken.None));
}
