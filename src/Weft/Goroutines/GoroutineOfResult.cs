using System.Runtime.CompilerServices;
using Weft.Goroutines;
using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Runtime.Running;

namespace Weft;

/// <summary>
/// A goroutine whose body has a result. Await it, or use <see cref="Task"/>; an exception that leaves the body is thrown there.
/// </summary>
/// <typeparam name="TResult">The type of the result.</typeparam>
/// <remarks>All public members may be used from any thread, any number of times.</remarks>
/// <example>
/// <code>
/// Goroutine&lt;int&gt; answer = Go.Start(async () => { await Go.Yield(); return 42; });
/// Console.WriteLine(await answer);
/// </code>
/// </example>
public class Goroutine<TResult> : AwaitableGoroutine
{
    // The body has ended, with OwnResult, and nobody has asked for a task.
    private static readonly object s_ownResult = new();

    // Stands in the place of the promise while a search has it.
    private static readonly Promise s_away = new();

    // Null while the body runs and nobody has asked for its task. The first to come sets it, by compare-and-swap: a reader to a
    // Promise, which then stays; the end to a Task<TResult>, which stays, too, or to s_ownResult, which the first to ask replaces by a task
    // of that result.
    private object? _outcome;

    // Of a body that is no task; set before the outcome.
    private TResult _ownResult = default!;

    // The body's type alone does not tell: a Func<Task> is also a Func<object>.
    private readonly BodyKind _kind;

    internal Goroutine(Engine engine, object body, BodyKind kind, string file, int line)
        : base(engine, body, file, line) => _kind = kind;

    /// <summary>
    /// The result, when there is one; one and the same task whenever it is asked for. Faults with the body's exception, or with
    /// <see cref="ObjectDisposedException"/> when the scheduler was disposed before the goroutine ended.
    /// </summary>
    public new Task<TResult> Task
    {
        get
        {
            object? outcome = FindOutcome();
            for (var pause = default(SpinWait); outcome == s_away; outcome = FindOutcome())
                pause.SpinOnce(); // for the length of a collection
            if (outcome == s_ownResult)
            {
                Task<TResult> task = System.Threading.Tasks.Task.FromResult(_ownResult);
                outcome = Interlocked.CompareExchange(ref _outcome, task, s_ownResult);
                if (outcome == s_ownResult)
                    return task;
            }

            if (outcome is Task<TResult> known)
                return known;
            Engine.AskAgainIfForsaken();
            return ((Promise)outcome!).Task;
        }
    }

    private protected sealed override Task OutcomeTask => Task;

    private object FindOutcome()
    {
        if (Volatile.Read(ref _outcome) is object outcome)
            return outcome;
        var promise = new Promise();
        return Interlocked.CompareExchange(ref _outcome, promise, null) ?? promise;
    }

    /// <summary>Makes <c>await goroutine</c> work.</summary>
    public new GoroutineAwaiter<TResult> GetAwaiter() => new(this);

    internal sealed override bool HasOutcome => Volatile.Read(ref _outcome) switch
    {
        null => false,
        Promise promise => promise.Ended is not null,
        _ => true,
    };

    internal sealed override void ThrowIfFailed() => GetResult();

    /// <summary>The result; waits for it if need be, and throws what left the body.</summary>
    internal TResult GetResult()
    {
        object? outcome = Volatile.Read(ref _outcome);

        // A locked goroutine leaves it to its monitor to complete the promise, a little later than it resumes the goroutines that await it.
        if (outcome is Promise { Task.IsCompleted: false, Ended: { } ended })
            outcome = ended is Task<TResult> { IsCompletedSuccessfully: false } ? null : ended;
        return outcome == s_ownResult ? _ownResult : ((outcome as Task<TResult>) ?? Task).GetAwaiter().GetResult();
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

    /// <summary>The result of a body that is no task; before it ends.</summary>
    private protected void SetOwnResult(TResult result) => _ownResult = result;

    private protected override bool TrySettle(object? ended, Exception? exception)
    {
        if (HasExitedEarly && typeof(TResult) != typeof(NoResult))
            exception = new InvalidOperationException($"{this} ended itself with Go.Exit and has no result.");
        else if (ended is ResultFrame<TResult> frame)
            _ownResult = frame.Result;
        CompleteWith(exception is not null ? FailedTask(HasExitedEarly ? null : ended, exception)
            : ended is Task<TResult> task && !HasExitedEarly ? task
            : s_ownResult);
        return true;
    }

    /// <summary>
    /// A task that failed as the body did. Never the body's own: that one was asked for its exception, so it would not be reported if
    /// nobody awaits.
    /// </summary>
    private static Task<TResult> FailedTask(object? ended, Exception exception)
    {
        if (ended is Task { IsFaulted: true } faulted)
        {
            var copy = new TaskCompletionSource<TResult>();
            copy.SetException(faulted.Exception!.InnerExceptions);
            return copy.Task;
        }

        // As an async method's: what was cancelled gives a cancelled one.
        bool asynchronous = ended is BodyFrame or System.Threading.Tasks.Task;
        if (!asynchronous && !Cancellation.IsOfAToken(exception))
            return System.Threading.Tasks.Task.FromException<TResult>(exception);
        var failed = AsyncTaskMethodBuilder<TResult>.Create();
        failed.SetException(exception);
        return failed.Task;
    }

    private protected override void Abandon(Exception reason)
    {
        CompleteWith(System.Threading.Tasks.Task.FromException<TResult>(reason));
        _ = Task.Exception; // no failure of the body's: not to be reported if nobody awaits it
    }

    private protected override void DetachOwnEnds(bool alone, ref GoroutineEnds? ends)
    {
        base.DetachOwnEnds(alone, ref ends);
        if (!alone || _outcome is not Promise promise)
            return;
        ends ??= new GoroutineEnds();
        (ends.HasPromise, ends.Promise, ends.PromisedTask) = (true, promise, promise.Task);
        Volatile.Write(ref _outcome, s_away);
    }

    private protected override void AttachOwnEnds(GoroutineEnds ends)
    {
        base.AttachOwnEnds(ends);
        if (ends.HasPromise)
            Volatile.Write(ref _outcome, ends.Promise);
    }

    private void CompleteWith(object outcome)
    {
        if (Interlocked.CompareExchange(ref _outcome, outcome, null) is Promise promise)
        {
            Volatile.Write(ref promise.Ended, outcome);
            CleanThread.Do(static s => s.self.Complete(s.promise), (self: this, promise));
        }

        ResumeJoiners();
    }

    private void Complete(Promise promise)
    {
        if (promise.Ended is Task<TResult> task)
            promise.TrySetFromTask(task);
        else
            promise.TrySetResult(_ownResult);
    }

    /// <summary>What is asked for before the end.</summary>
    private sealed class Promise() : TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        /// <summary>Once the body has ended, what else would be the outcome.</summary>
        internal object? Ended;
    }
}
