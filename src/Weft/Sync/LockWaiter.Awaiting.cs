using System.Threading.Tasks.Sources;
using Weft.Runtime.Host;
using Weft.Runtime.Running;
using Weft.Waiting;

namespace Weft.Sync;

/// <content>How it is awaited: by the awaiter of <see cref="LockAwaitable"/>, or through a <see cref="ValueTask{T}"/>.</content>
internal sealed partial class LockWaiter : IValueTaskSource<GoLock.Releaser>
{
    // Another for each wait.
    private short _version;

    /// <summary>What a <see cref="ValueTask{T}"/> over this wait needs to know.</summary>
    internal short Version => _version;

    /// <summary>For an awaiter, before the wait begins: see <see cref="Operation.CheckUnawaited"/>.</summary>
    /// <exception cref="InvalidOperationException">It is awaited, or was.</exception>
    internal void CheckUnawaited(short token)
    {
        CheckVersion(token);
        if (_continuation is not null)
            throw AwaitedTwice();
    }

    /// <summary>Awaited: waits, and runs <paramref name="continuation"/> when that is over.</summary>
    internal void Await(Action continuation) => Await(continuation, continuation.Target, WaitContext.Capture());

    /// <summary>Has a body go on with the lock.</summary>
    internal void Suspend(BodyFrame frame)
    {
        object? context = WaitContext.Capture();
        try
        {
            Await(context is Goroutine ? frame : frame.Continuation, frame, context);
        }
        catch (InvalidOperationException e)
        {
            frame.EndUnresumed(e);
        }
    }

    void IValueTaskSource<GoLock.Releaser>.OnCompleted(
        Action<object?> continuation,
        object? state,
        short token,
        ValueTaskSourceOnCompletedFlags flags)
    {
        CheckVersion(token);
        if ((flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0)
            FlowedContinuation.Replace(ref continuation, ref state);
        bool comesBack = (flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) != 0;
        Await(continuation, state, comesBack ? WaitContext.Capture() : null);
    }

    ValueTaskSourceStatus IValueTaskSource<GoLock.Releaser>.GetStatus(short token)
    {
        CheckVersion(token);
        return _outcome switch
        {
            WaitOutcome.Waiting when _continuation is not null => throw AwaitedTwice(),
            WaitOutcome.Waiting => ValueTaskSourceStatus.Pending,
            WaitOutcome.Cancelled => ValueTaskSourceStatus.Canceled,
            _ => ValueTaskSourceStatus.Succeeded,
        };
    }

    GoLock.Releaser IValueTaskSource<GoLock.Releaser>.GetResult(short token) => GetResult(token);

    /// <param name="continuation">What to run: an Action, or an Action of <paramref name="state"/>.</param>
    /// <param name="state">Who waits, as far as is known: the compiler's box of the method that awaits.</param>
    /// <param name="context">Where to run it.</param>
    private void Await(object continuation, object? state, object? context)
    {
        if (_continuation is not null)
            throw AwaitedTwice();
        _continuation = continuation;
        State = state;
        _context = context;
        if (context is not Goroutine)
            _lock.NoteOutside();

        // Before the waiter enters the list: off goroutines, it may be woken and used again before this returns. A cancellation that
        // comes too early for the list is seen on entering it.
        if (_token.CanBeCanceled)
            _registration = _token.UnsafeRegister(static w => ((LockWaiter)w!).Cancel(), this);
        _outcome = WaitOutcome.Waiting;
        if (TryEnqueue(woken: false))
            return;
        Post();
    }

    private void CheckVersion(short token)
    {
        if (token != _version)
            throw AwaitedTwice();
    }

    private static InvalidOperationException AwaitedTwice() => Misuse.AwaitedTwice("lock operation");
}
