using System.Runtime.CompilerServices;
using Weft.Scheduling;

namespace Weft;

/// <summary>
/// A goroutine whose body has a result. Await it, or use <see cref="Task"/>; an exception that leaves the body goes to whoever awaits.
/// </summary>
/// <typeparam name="TResult">The type of the result.</typeparam>
/// <remarks>All public members may be used from any thread, any number of times.</remarks>
/// <example>
/// <code>
/// Goroutine&lt;int&gt; answer = Go.Start(async () => { await Go.Yield(); return 42; });
/// Console.WriteLine(await answer);
/// </code>
/// </example>
public class Goroutine<TResult> : Goroutine
{
    // Goroutines that await this one: a stack, closed by s_closed once the outcome is known.
    private JoinItem? _joiners;
    private static readonly JoinItem s_closed = new(null, null);

    private TaskCompletionSource<TResult>? _promise;

    // The outcome, for those that ask after the end; set before the promise is looked for.
    private Task<TResult>? _outcome;
    // Of a body that is no task.
    private TResult _ownResult = default!;

    // The body's type alone does not tell: a Func<Task> is also a Func<object>.
    private readonly BodyKind _kind;

    internal Goroutine(Engine engine, object body, BodyKind kind, string file, int line)
        : base(engine, body, file, line) => _kind = kind;

    /// <summary>
    /// The result, when there is one. Faults with the body's exception, or with <see cref="ObjectDisposedException"/> when the scheduler was
    /// disposed before the goroutine ended.
    /// </summary>
    public Task<TResult> Task
    {
        get
        {
            if (Volatile.Read(ref _outcome) is Task<TResult> outcome)
                return outcome;
            TaskCompletionSource<TResult> promise = _promise
                ?? Interlocked.CompareExchange(
                    ref _promise,
                    new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously),
                    null)
                ?? _promise;

            // The ending goroutine sets the outcome, fences and reads the promise; here it is the other way round, so one sees the other.
            Interlocked.MemoryBarrier();
            return Volatile.Read(ref _outcome) ?? promise.Task;
        }
    }

    /// <summary>Makes <c>await goroutine</c> work.</summary>
    public GoroutineAwaiter<TResult> GetAwaiter() => new(this);

    internal bool HasOutcome => Volatile.Read(ref _outcome) is not null;

    /// <summary>
    /// Resumes <paramref name="goroutine"/>, the caller, with <paramref name="continuation"/> once the outcome is known. Straight from goroutine to
    /// goroutine: were a thread of the pool in between, all goroutines could be asleep for a moment without a deadlock.
    /// </summary>
    internal void AddJoiner(Goroutine goroutine, object continuation)
    {
        var item = new JoinItem(goroutine, continuation);
        while (true)
        {
            JoinItem? head = Volatile.Read(ref _joiners);
            if (ReferenceEquals(head, s_closed))
            {
                goroutine.Resume(continuation, null);
                return;
            }

            item.Next = head;
            if (Interlocked.CompareExchange(ref _joiners, item, head) == head)
                return;
        }
    }

    private protected override object? InvokeBody(object body)
    {
        switch (_kind)
        {
            case BodyKind.AsynchronousFunction:
                return GoroutineBodies.NotNull(((Func<Task<TResult>>)body)());
            case BodyKind.BodyFunction:
                return GoroutineBodies.Claim(((Func<GoroutineBody<TResult>>)body)().Frame);
            case BodyKind.Function:
                _ownResult = ((Func<TResult>)body)();
                return null;
            default:
                return GoroutineBodies.Invoke(_kind, body);
        }
    }

    private protected override bool Deliver(object? ended, Exception? exception)
    {
        if (HasExitedEarly)
            exception = new InvalidOperationException($"{this} ended itself with Go.Exit and has no result.");
        else if (ended is ResultFrame<TResult> frame)
            _ownResult = frame.Result;
        Settle((HasExitedEarly ? null : ended as Task<TResult>) ?? (exception is null
            ? System.Threading.Tasks.Task.FromResult(_ownResult)
            : FailedTask(exception, ended is BodyFrame)));
        return true;
    }

    /// <summary>A task as an async method's if the body was one: what was cancelled gives a cancelled one.</summary>
    private static Task<TResult> FailedTask(Exception exception, bool asynchronous)
    {
        if (!asynchronous)
            return System.Threading.Tasks.Task.FromException<TResult>(exception);
        var failed = AsyncTaskMethodBuilder<TResult>.Create();
        failed.SetException(exception);
        return failed.Task;
    }

    private protected override void Abandon(Exception reason) => Settle(System.Threading.Tasks.Task.FromException<TResult>(reason));

    private void Settle(Task<TResult> outcome)
    {
        Volatile.Write(ref _outcome, outcome);
        Interlocked.MemoryBarrier();
        if (_promise is TaskCompletionSource<TResult> promise)
            CleanThread.Do(static s => s.promise.TrySetFromTask(s.outcome), (promise, outcome));
        for (JoinItem? item = Interlocked.Exchange(ref _joiners, s_closed); item is not null && item != s_closed; item = item.Next)
            item.Goroutine!.Resume(item.Continuation!, null);
    }

    private sealed class JoinItem(Goroutine? goroutine, object? continuation)
    {
        internal Goroutine? Goroutine { get; } = goroutine;

        /// <summary>What the goroutine's mailbox takes.</summary>
        internal object? Continuation { get; } = continuation;

        internal JoinItem? Next { get; set; }
    }
}
