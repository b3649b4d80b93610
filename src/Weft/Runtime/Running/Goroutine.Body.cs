using System.Runtime.CompilerServices;
using Weft.Runtime.Host;
using Weft.Runtime.Running;

namespace Weft;

/// <content>The body: how it begins, how its end is noticed, and what its end does.</content>
public abstract partial class Goroutine
{
    /// <summary>
    /// The body until the goroutine begins, then the task or frame of an asynchronous body. Comparing it with what an operation of Weft was
    /// awaited by tells whether the body itself waits for that operation.
    /// </summary>
    private object? _body;

    // Written by the holder of the run right; the last of these flags to be set is FlagEnded.
    private volatile byte _flags;
    private const byte FlagHooked = 1;
    private const byte FlagEnded = 2;
    private const byte FlagRegistered = 4;
    private const byte FlagExitedEarly = 8;

    // The body waits for an operation of Weft itself.
    private const byte FlagParkedOnWeft = 16;

    // Something the body started and did not wait for runs as a part of the goroutine, and may wake others: it is never asleep for good.
    private const byte FlagManyFlows = 32;

    // The body has returned its task or frame.
    private const byte FlagBegun = 64;

    // What it has returned is a frame.
    private const byte FlagFrame = 128;

    internal bool HasEnded => (_flags & FlagEnded) != 0;

    /// <summary>Ended by <see cref="Go.Exit"/>.</summary>
    internal bool HasExitedEarly => (_flags & FlagExitedEarly) != 0;

    internal bool IsRegistered
    {
        get => (_flags & FlagRegistered) != 0;
        set => _flags = value ? (byte)(_flags | FlagRegistered) : (byte)(_flags & ~FlagRegistered);
    }

    /// <summary>Calls the body; the task or frame that it goes on in, or null when it has run to its end.</summary>
    private protected abstract object? InvokeBody(object body);

    /// <summary>Gives a body what it was started with; the goroutine's handle does not lead there afterwards.</summary>
    private protected static TState MoveOut<TState>(ref TState state)
    {
        TState taken = state;
        state = default!;
        return taken;
    }

    /// <summary>
    /// Gives the outcome of an ended body to those that await it; false when nobody can, so that an exception is unhandled.
    /// </summary>
    /// <param name="ended">The task or frame of an asynchronous body.</param>
    /// <param name="exception">What left the body.</param>
    private protected virtual bool TrySettle(object? ended, Exception? exception) => exception is null;

    /// <summary>Of an ended goroutine: whether its outcome can be asked for, which is a little later than its end can be seen.</summary>
    private protected virtual bool IsOutcomeKnown => true;

    /// <summary>Tells those that await the result that there will be none.</summary>
    private protected virtual void Abandon(Exception reason)
    {
    }

    private void Begin(ExecutionContext? context)
    {
        object body = _body!;
        _body = null;
        if (context is not null)
            ExecutionContext.Restore(context);
        if (Home.HasConcurrentFlows)
            SetSynchronizationContext(ContextOfFlows);
        object? begun;
        try
        {
            begun = InvokeBody(body);
        }
        catch (Exception e)
        {
            End(null, e);
            return;
        }

        if (begun is null)
        {
            End(null, null);
            return;
        }

        _body = begun;
        if (begun is BodyFrame frame)
        {
            _flags |= FlagBegun | FlagFrame;
            frame.Resume();
        }
        else
        {
            _flags |= FlagBegun;
        }
    }

    /// <param name="runner">The calling runner.</param>
    /// <param name="otherFlow">The body waited for an operation of Weft, and something else of the goroutine ran.</param>
    private void AfterItem(Runner runner, bool otherFlow)
    {
        object? box = runner.WaitBox;
        bool isWaitOfBody = runner.IsWaitOfBody;
        runner.ForgetWait();
        if ((_flags & (FlagBegun | FlagEnded)) != FlagBegun)
            return;
        if (TryEnd())
            return;

        isWaitOfBody = isWaitOfBody || IsOfBody(box);
        if (isWaitOfBody && runner.WaitReason == WaitReason.Yield)
            return; // it is about to go to the tail of a queue

        // The body waits for an operation of Weft and nothing else: its end can only come in an item of this goroutine, and is looked for
        // here.
        if (otherFlow)
            _flags |= FlagManyFlows;
        if (isWaitOfBody)
        {
            _flags |= FlagParkedOnWeft;
            NoteParked((_flags & FlagManyFlows) != 0 ? WaitReason.Await : runner.WaitReason, runner.CoarseTime);
            return;
        }

        if (!otherFlow)
            _flags &= unchecked((byte)~FlagParkedOnWeft);

        // An operation of Weft that the item awaited elsewhere than in the body itself says more than that the body awaits something.
        NoteParked(box is null ? WaitReason.Await : runner.WaitReason, runner.CoarseTime);
        if ((_flags & FlagHooked) != 0)
            return;
        _flags |= FlagHooked;
        if ((_flags & FlagFrame) != 0)
            Unsafe.As<BodyFrame>(_body!).Watch(this);
        else
            CleanThread.OnEnd(Unsafe.As<Task>(_body!), OnBodyCompleted);
    }

    /// <summary>Ends the goroutine if its asynchronous body has ended.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryEnd()
    {
        if ((_flags & FlagFrame) == 0)
            return TryEndTask();
        BodyFrame frame = Unsafe.As<BodyFrame>(_body!);
        if (!frame.HasEnded)
            return false;
        End(frame, frame.Failure);
        return true;
    }

    private bool TryEndTask()
    {
        Task task = Unsafe.As<Task>(_body!);
        if (!task.IsCompleted)
            return false;
        Exception? exception = task.IsCompletedSuccessfully ? null : ExceptionOf(task);

        // To make an exception takes locks of the runtime's. A machine that waits for one gives the run right up, and the machine that has
        // it then sees the end first.
        if (exception is null || !HasEnded)
            End(task, exception);
        return true;
    }

    /// <summary>
    /// The body's task has completed, or its frame has ended, on whatever thread. If an item of ours did it, that item
    /// sees it, most likely has already; otherwise this one does.
    /// </summary>
    internal void OnBodyCompleted()
    {
        if (!HasEnded)
            PostContinuation(Mailbox.Nothing, null);
    }

    private static Exception ExceptionOf(Task task)
    {
        if (task.Exception is { } failure)
            return failure.InnerException!; // not thrown again: that would add to its stack trace
        try
        {
            task.GetAwaiter().GetResult();
            return new InvalidOperationException("The body's task did not complete successfully, yet has no exception.");
        }
        catch (OperationCanceledException e)
        {
            return e;
        }
    }

    private void End(object? ended, Exception? exception)
    {
        if (exception is GoroutineExitException exit && exit.Goroutine == this)
        {
            exception = null;
            _flags |= FlagExitedEarly;
        }

        // First, so that those that are told of the end see it in the counts, too.
        _body = null;
        _bodyContinuation = null;
        _flags |= FlagEnded;
        _extra?.KeptSelects?.WithdrawPlaces(this);

        // A kept operation leads to its channel, and so to those that wait there: the handle of an ended goroutine must lead to nobody, or
        // a search takes them for those that can still be woken.
        _keptOperations = _keptOperations?.ForgetUnused();
        Home.OnEnded(this);
        if (TrySettle(ended, exception))
            return; // the completion is settled with the release of the run right, which is fenced anyhow
        bool wasCancelled = Cancellation.IsOfAToken(exception!);
        if (wasCancelled)
            Home.CountCancelled();
        CompleteEnded();
        if (!wasCancelled)
            Home.OnUnhandledException(this, exception!);
    }

    /// <summary>Completes what tells of the end of an ended goroutine, if it was asked for.</summary>
    internal void CompleteEnded()
    {
        Interlocked.MemoryBarrier(); // see Completion
        CompleteIfAwaited();
    }

    private void CompleteIfAwaited()
    {
        if (_extra is not GoroutineExtra extra)
            return;
        extra.WhenEnded?.Set();
        if (extra.Completion is TaskCompletionSource completion)
            CompleteOnCleanThread(completion);
    }

    /// <summary>An exception left something that was posted to the goroutine: an async void method, or a callback of a library.</summary>
    private void OnItemFailed(Exception exception)
    {
        Home.OnUnhandledException(this, exception);
    }

    private void CompleteOnCleanThread(TaskCompletionSource completion)
    {
        if (!completion.Task.IsCompleted)
            CleanThread.Do(static s => s.self.Complete(s.completion), (self: this, completion));
    }

    private void Complete(TaskCompletionSource completion)
    {
        if (_extra?.Abandoned is Exception reason)
            completion.TrySetException(reason);
        else
            completion.TrySetResult();
    }

    /// <summary>The scheduler was disposed before the goroutine ended. Called once nothing of it runs any more.</summary>
    internal void AbandonBecause(Exception reason)
    {
        _mailbox.Abandon();
        _keptOperations?.WithdrawAll(this);
        _keptOperations = null;
        _extra?.KeptSelects?.Withdraw(this);
        if (HasEnded)
            return;
        Extra.Abandoned = reason;
        _body = null;
        _bodyContinuation = null;
        _flags |= FlagEnded;
        Extra.KeptSelects?.WithdrawPlaces(this);
        Abandon(reason);
        CompleteEnded();
    }
}
