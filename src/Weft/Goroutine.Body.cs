using Weft.Scheduling;

namespace Weft;

/// <content>The body: how it begins, how its end is noticed, and what its end does.</content>
public abstract partial class Goroutine
{
    /// <summary>
    /// The body until the goroutine begins, then the task of an asynchronous body. Comparing it with what an operation of Weft was awaited by
    /// tells whether the body itself waits for that operation.
    /// </summary>
    private object? _bodyOrTask;

    // Written by the holder of the run right; the last of these flags to be set is FlagEnded.
    private volatile byte _flags;
    private static readonly Action<object?> s_nothing = static _ => { };
    private const byte FlagHooked = 1;
    private const byte FlagEnded = 2;
    private const byte FlagRegistered = 4;
    private const byte FlagExitedEarly = 8;

    internal bool HasEnded => (_flags & FlagEnded) != 0;

    /// <summary>Ended by <see cref="Go.Exit"/>.</summary>
    internal bool HasExitedEarly => (_flags & FlagExitedEarly) != 0;

    internal bool IsRegistered
    {
        get => (_flags & FlagRegistered) != 0;
        set => _flags = value ? (byte)(_flags | FlagRegistered) : (byte)(_flags & ~FlagRegistered);
    }

    /// <summary>The body's task once it has begun, null for a synchronous body.</summary>
    internal Task? BodyTask => _bodyOrTask as Task;

    /// <summary>Calls the body; the task it returned, or null when it has run to its end.</summary>
    private protected abstract Task? InvokeBody(object body);

    /// <summary>Gives the outcome of an ended body to whoever awaits it; false when nobody can, so that an exception is unhandled.</summary>
    private protected virtual bool Deliver(Task? task, Exception? exception) => exception is null;

    /// <summary>Tells whoever awaits the result that there will be none.</summary>
    private protected virtual void Abandon(Exception reason)
    {
    }

    private void Begin(Machine machine, ExecutionContext? context)
    {
        object body = _bodyOrTask!;
        _bodyOrTask = null;
        if (context is not null)
            ExecutionContext.Restore(context);
        Task? task;
        try
        {
            task = InvokeBody(body);
        }
        catch (Exception e)
        {
            End(null, e);
            return;
        }

        if (task is null)
            End(null, null);
        else
            _bodyOrTask = task;
    }

    private void AfterItem(Machine machine)
    {
        if (_bodyOrTask is not Task task || HasEnded)
            return;
        if (task.IsCompleted)
        {
            End(task, task.IsCompletedSuccessfully ? null : ExceptionOf(task));
            return;
        }

        if (machine.WaitReason == WaitReason.Yield && ReferenceEquals(machine.WaitBox, task))
            return; // it is about to go to the tail of a queue

        // The body waits for an operation of Weft and nothing else: its end can only come in an item of this goroutine, and is looked for here.
        if (ReferenceEquals(machine.WaitBox, task))
        {
            NoteParked(machine.WaitReason);
            return;
        }

        NoteParked(WaitReason.Await);
        if ((_flags & FlagHooked) != 0)
            return;
        _flags |= FlagHooked;
        task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(OnBodyCompleted);
    }

    /// <summary>The body's task has completed, perhaps on a thread that is not ours. On a thread of ours, the item that did it looks itself.</summary>
    private void OnBodyCompleted()
    {
        if (!ReferenceEquals(Machine.CurrentGoroutine, this))
            Resume(s_nothing, null);
    }

    private static Exception ExceptionOf(Task task)
    {
        try
        {
            task.GetAwaiter().GetResult();
            return new InvalidOperationException("The body's task did not complete successfully, yet has no exception.");
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private void End(Task? task, Exception? exception)
    {
        if (exception is GoroutineExitException)
        {
            exception = null;
            _flags |= FlagExitedEarly;
        }

        bool delivered = Deliver(task, exception);
        _bodyOrTask = null;
        _flags |= FlagEnded;
        Interlocked.MemoryBarrier(); // see Completion
        if (_extra?.Completion is TaskCompletionSource completion)
            SettleCompletion(completion);
        Engine.OnGoroutineEnded(this);
        if (!delivered)
            Engine.OnUnhandledException(this, exception!);
    }

    /// <summary>An exception left something that was posted to the goroutine: an async void method, or a callback of a library.</summary>
    private void OnItemFailed(Exception exception)
    {
        if (exception is not GoroutineExitException)
            Engine.OnUnhandledException(this, exception);
    }

    private void SettleCompletion(TaskCompletionSource completion)
    {
        if (_extra?.Abandoned is Exception reason)
            completion.TrySetException(reason);
        else
            completion.TrySetResult();
    }

    /// <summary>The scheduler was disposed before the goroutine ended. Called once nothing of it runs any more.</summary>
    internal void AbandonBecause(Exception reason)
    {
        if (HasEnded)
            return;
        Extra.Abandoned = reason;
        _flags |= FlagEnded;
        Interlocked.MemoryBarrier();
        if (_extra?.Completion is TaskCompletionSource completion)
            SettleCompletion(completion);
        Abandon(reason);
    }
}
