using Weft.Runtime.Running;

namespace Weft.Runtime.Core;

/// <summary>
/// The <see cref="SynchronizationContext"/> of a goroutine whose flows run side by side, and of all goroutines that go on with its flows.
/// </summary>
/// <remarks>
/// <para>
/// <b>Who runs a continuation that is posted.</b> A goroutine of its own (<see cref="FlowGoroutine"/>), which is queued as a woken one and
/// ends as the continuation returns, be it by another await. The goroutine itself, the root, runs its body up to the first await; then it
/// is parked and waits for the end of the body's task or frame, wherever that comes. So its handle, its outcome and its place in a dump
/// stay what they are.
/// </para>
/// <para>
/// <b>What <see cref="SynchronizationContext.Current"/> is</b> in the root and in each of its flows: this object, the same for all of them.
/// An inner async method that ends in one goroutine resumes the outer one on its stack, as on the pool, without a goroutine for each method
/// in between. Another root has another context, so one goroutine is never resumed on the stack of another's flow.
/// </para>
/// <para>
/// <b>Weft's own waits</b> see a context that is not the goroutine, and take their way for such: they note the context where they are
/// awaited, and post to it (<see cref="Waiting.WaitContext"/>). None is owned by a goroutine (<see cref="Goroutine.OwnsOperations"/>),
/// which may have ended when they end.
/// </para>
/// <para>
/// <b>AsyncLocal values.</b> What awaits brings its own. A callback of a user's that is posted as it is has those of the thread that posts
/// it, as with the context that .NET takes where there is none.
/// </para>
/// <para>
/// <b>Exceptions.</b> What leaves a posted callback, or an async void method, leaves a goroutine that nobody can await: it is unhandled, as
/// in any goroutine and on the pool.
/// </para>
/// <para>
/// <b>Managed waits</b> are announced to this object, which passes them on to the goroutine on the thread's stack: it gives its processor
/// up.
/// </para>
/// <para>
/// <b>Shortage of threads.</b> A flow that blocks for another needs a second thread, and with too few all of them may wait like that. So
/// where there is no thread for what was posted, and another flow of the root waits, that one runs it inside its wait, as mail of its own
/// (<c>Engine.DequeueGivable</c>).
/// </para>
/// <para>
/// <b>Disposal.</b> Once a stop was asked for, what is posted runs on .NET's pool, and so does what had been posted and not begun, as with
/// the tasks of <see cref="Scheduler.TaskScheduler"/>: it may be the rest of an async method, which a call that blocks waits for, and which
/// nobody else can end.
/// </para>
/// <para>
/// <b>Costs.</b> A goroutine of any other scheduler: one branch when it begins. Here: this object for each root, and for each await that
/// waits a goroutine instead of an item in a mailbox.
/// </para>
/// </remarks>
internal sealed class FlowContext : SynchronizationContext
{
    private readonly Engine _engine;

    // What the flows do that a call has left, and the task that they bring to its end; no task as long as the call itself runs. Written
    // without an order by the flows that begin such calls: then a few runs are counted for the wrong habit.
    private BlockHabit? _habit;
    private Task? _callLeft;

    internal FlowContext(Engine engine, Goroutine root)
    {
        _engine = engine;
        Root = root;
        SetWaitNotificationRequired();
    }

    /// <summary>What the flows do that go on after an await; null as long as nothing is to be learned.</summary>
    internal BlockHabit? Habit => Volatile.Read(ref _callLeft) is { IsCompleted: true } ? null : Volatile.Read(ref _habit);

    /// <summary>The goroutine whose flows these are.</summary>
    internal Goroutine Root { get; }

    /// <summary>Runs <paramref name="d"/> in a goroutine of its own. Never blocks, never drops.</summary>
    public override void Post(SendOrPostCallback d, object? state)
    {
        ArgumentNullException.ThrowIfNull(d);
        Start(d, state);
    }

    /// <summary>The same for a wait of Weft's.</summary>
    internal void PostContinuation(Action<object?> action, object? state) => Start(action, state);

    /// <summary>Runs <paramref name="d"/> on the calling thread: no flow has to wait for another.</summary>
    public override void Send(SendOrPostCallback d, object? state)
    {
        ArgumentNullException.ThrowIfNull(d);
        d(state);
    }

    /// <summary>Flows are told apart by their context: a copy would be another goroutine's.</summary>
    public override SynchronizationContext CreateCopy() => this;

    public override int Wait(IntPtr[] waitHandles, bool waitAll, int millisecondsTimeout)
    {
        ArgumentNullException.ThrowIfNull(waitHandles);
        return Machine.Calling?.OnStack is Goroutine goroutine
            ? goroutine.Wait(waitHandles, waitAll, millisecondsTimeout)
            : WaitHelper(waitHandles, waitAll, millisecondsTimeout);
    }

    /// <summary>
    /// A call begins whose flows are to be counted for <paramref name="habit"/>. False if those of another, which is not over, are counted:
    /// nobody knows which of two calls a flow comes from, and the outer one is an endpoint rather than a detail of many.
    /// </summary>
    internal bool TryBeginHabit(BlockHabit habit)
    {
        if (Habit is not null)
            return false;
        Volatile.Write(ref _habit, habit);
        Volatile.Write(ref _callLeft, null);
        return true;
    }

    /// <summary>The call has returned, and has left flows if it returned a task that is not completed.</summary>
    internal void EndHabitWith(Task? task)
    {
        if (task is { IsCompleted: false })
            Volatile.Write(ref _callLeft, task);
        else
            Volatile.Write(ref _habit, null);
    }

    private void Start(object action, object? state)
    {
        var flow = new FlowGoroutine(this, action, state);
        if (!_engine.TryStartFlow(flow))
            flow.RunOnPool();
    }
}
