using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Weft.Goroutines;
using Weft.Runtime.Core;
using Weft.Runtime.Running;
using Weft.Sync;
using Weft.Waiting;

namespace Weft;

/// <summary>
/// Go's <c>sync.WaitGroup</c>: a counter of what is under way, and a wait until it is zero. For new code <see cref="GoroutineGroup"/> does
/// more: it also carries errors, cancels, and lets nothing outlive it.
/// </summary>
/// <remarks>All members may be used from any thread, inside goroutines and outside.</remarks>
/// <example>
/// <code>
/// var done = new WaitGroup();
/// foreach (string url in urls)
///     done.Go(async () => await FetchAsync(url));
/// await done.WaitAsync();
/// </code>
/// </example>
[DebuggerDisplay("{DebugText,nq}")]
public sealed class WaitGroup : IWaitQueue, IGoroutineParent
{
    // Guards the rest.
    private SpinGate _gate;
    private WaiterList<WaitOperation> _waiters;
    private int _count;

    // The engine of the goroutines it counted, if all were of one, and Add has never raised it: then only those lower it, as far as is
    // known.
    private Engine? _engine;
    private bool _mayBeLoweredOutside;

    // A goroutine that it counted was abandoned with its scheduler.
    private Exception? _abandoned;

    private string DebugText => $"counter = {_count}{(_waiters.IsEmpty ? "" : ", others wait")}";

    /// <summary>Adds to the counter, before what is counted starts. At zero, all that wait go on.</summary>
    /// <param name="delta">How much; may be negative.</param>
    /// <exception cref="InvalidOperationException">The counter would become negative; it is unchanged.</exception>
    /// <exception cref="OverflowException">The counter would be more than <see cref="int.MaxValue"/>; it is unchanged.</exception>
    public void Add(int delta) => Change(delta, mayBeLoweredOutside: delta > 0);

    /// <summary>Lowers the counter by one: something that was counted is done.</summary>
    /// <exception cref="InvalidOperationException">The counter is zero.</exception>
    public void Done() => Change(-1);

    /// <summary>Starts a goroutine that is counted until it ends; <see cref="Done"/> need not be called.</summary>
    /// <param name="body">The body. An exception that leaves it ends the process, unless <see cref="SchedulerOptions.UnhandledExceptions"/>
    /// says otherwise.</param>
    /// <param name="file">Supplied by the compiler.</param>
    /// <param name="line">Supplied by the compiler.</param>
    /// <exception cref="ObjectDisposedException">The scheduler is disposed.</exception>
    public Goroutine Go(Action body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Start(body, BodyKind.Action, file, line);

    /// <inheritdoc cref="Go(Action, string, int)"/>
    public Goroutine Go(Func<Task> body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Start(body, BodyKind.AsynchronousAction, file, line);

    /// <exception cref="ArgumentException"><paramref name="body"/> is the default value.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="body"/> was started before.</exception>
    /// <inheritdoc cref="Go(Action, string, int)"/>
    public Goroutine Go(GoroutineBody body, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        Start(GoroutineBodies.ClaimArgument(body.Frame, nameof(body)), BodyKind.Frame, file, line);

    /// <summary>An error of the compiler, instead of a body that is lost: use <see cref="Go(GoroutineBody, string, int)"/>.</summary>
    /// <param name="body">Not used.</param>
    /// <typeparam name="TBody">The type of the body that is made.</typeparam>
    [OverloadResolutionPriority(1)]
    [Obsolete(GoroutineBodies.IsMadeOnly, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Goroutine Go<TBody>(Func<TBody> body)
        where TBody : struct, IGoroutineBody =>
        throw new NotSupportedException(GoroutineBodies.IsMadeOnly);

    /// <summary>Waits until the counter is zero; it is at first.</summary>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>; what is counted goes on.</param>
    /// <exception cref="InvalidOperationException">The counter was raised again before this wait had returned.</exception>
    /// <exception cref="ObjectDisposedException">A goroutine of <see cref="Go(Action, string, int)"/> was abandoned, as its scheduler was
    /// disposed.</exception>
    public ValueTask WaitAsync(CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled(cancellationToken)
        : Enqueue(blocks: false, cancellationToken) is WaitOperation operation ? operation.Task
        : ValueTask.CompletedTask;

    /// <summary>As <see cref="WaitAsync"/>, and blocks the calling thread; a goroutine's processor goes on to another one.</summary>
    /// <inheritdoc cref="WaitAsync"/>
    /// <exception cref="ThreadInterruptedException">The thread was interrupted before the counter was zero.</exception>
    public void Wait(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Enqueue(blocks: true, cancellationToken)?.Block();
    }

    bool IWaitQueue.TryRemove(WaitOperation operation)
    {
        _gate.Enter();
        bool removed = operation.IsListed;
        if (removed)
            _waiters.Remove(operation);
        _gate.Exit();
        return removed;
    }

    void IWaitQueue.OnReturning(WaitOperation operation)
    {
        _gate.Enter();
        bool reused = _count != 0;
        Exception? abandoned = _abandoned;
        _gate.Exit();
        if (abandoned is not null)
            throw new ObjectDisposedException($"A goroutine of the WaitGroup never ends. {abandoned.Message}", abandoned);
        if (reused)
            throw new InvalidOperationException("WaitGroup is reused before previous Wait has returned");
    }

    bool IGoroutineParent.OnChildEnded(Goroutine child, Exception? exception)
    {
        Change(-1);
        return exception is null;
    }

    void IGoroutineParent.OnChildAbandoned(Goroutine child, Exception reason)
    {
        _abandoned = reason;
        Change(-1);
    }

    bool IGoroutineParent.IsAwaitedOnlyBy(GoroutineHome home)
    {
        _gate.Enter();
        bool only = _waiters.All(home, static (wait, home) => wait.IsAwaitedBy(home));
        _gate.Exit();
        return only;
    }

    private ChildGoroutine Start(object body, BodyKind kind, string file, int line)
    {
        ArgumentNullException.ThrowIfNull(body);
        var child = new ChildGoroutine(this, Scheduler.CurrentEngine, body, kind, file, line);
        Change(1, Interlocked.CompareExchange(ref _engine, child.Engine, null) is Engine other && other != child.Engine);
        try
        {
            child.Engine.Start(child);
        }
        catch
        {
            Change(-1);
            throw;
        }

        return child;
    }

    private void Change(int delta, bool mayBeLoweredOutside = false)
    {
        WaiterList<WaitOperation> woken = default;
        _gate.Enter();
        if (mayBeLoweredOutside)
            _mayBeLoweredOutside = true;
        long count = (long)_count + delta;
        if (count is >= 0 and <= int.MaxValue)
        {
            _count = (int)count;
            if (count == 0)
                woken = _waiters.TakeAll();
        }

        _gate.Exit();
        if (count < 0)
            throw new InvalidOperationException("negative WaitGroup counter");
        if (count > int.MaxValue)
            throw new OverflowException("WaitGroup counter too large");
        while (woken.RemoveFirst() is WaitOperation operation)
            operation.End();
    }

    /// <summary>The operation that waits, or null if the counter is zero.</summary>
    private WaitOperation? Enqueue(bool blocks, CancellationToken token)
    {
        if (Volatile.Read(ref _count) == 0 && _abandoned is null)
            return null;
        bool inside = !_mayBeLoweredOutside && Machine.CallingGoroutine?.Engine == _engine;
        var operation = new WaitOperation(this, inside ? WaitReason.WaitGroup : WaitReason.WaitGroup | WaitReason.OrOutside, blocks, token);
        _gate.Enter();
        bool done = _count == 0 && _abandoned is null;
        bool waits = _count != 0 && !operation.IsCancellationRequested;
        if (waits)
            _waiters.AddLast(operation);
        _gate.Exit();
        if (done)
        {
            operation.Discard();
            return null;
        }

        if (operation.IsCancellationRequested && !waits)
            operation.EndCancelled();
        else if (!waits)
            operation.End();
        return operation;
    }
}
