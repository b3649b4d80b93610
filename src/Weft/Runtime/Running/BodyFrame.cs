using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Weft.Runtime.Running;

/// <summary>
/// What a <see cref="GoroutineBody"/> consists of: the compiler's state machine, and what a goroutine needs to run it. It is its own
/// continuation: an awaiter of Weft has the frame itself resumed, any other a delegate that is made when first needed.
/// </summary>
/// <remarks>
/// <para>
/// <b>Why not a task.</b> A task has fields for all that can be done with one, is resumed by a delegate, and with each wait moves the
/// <see cref="ExecutionContext"/> from the thread to itself and back. A frame is resumed by a machine, which runs every item in the default
/// context: as long as nobody has set an AsyncLocal there is nothing to move. A round trip between two goroutines takes four fifths of the
/// time.
/// </para>
/// <para>
/// <b>States.</b> <c>Cold</c>: not started. <c>Started</c>: a goroutine has it as its body; by compare-and-swap, since a body is run once.
/// <c>Watched</c>: as before, and the goroutine wants to be told of the end. <c>Ended</c>: the state machine has run to its end; nothing
/// follows.
/// </para>
/// <para>
/// <b>No end is missed.</b> An end within an item of the goroutine is looked for after the item. A body that waits for something else may
/// end on any thread.
/// Publisher: the thread that ends the body exchanges Ended for the state that was there.
/// Looker: the goroutine goes from Started to Watched by compare-and-swap.
/// Fences: both instructions.
/// Therefore: if the exchange comes first, the compare-and-swap fails and the goroutine looks again; if it comes second, the thread finds
/// Watched and tells the goroutine.
/// </para>
/// </remarks>
internal abstract class BodyFrame
{
    private const int Cold = 0;
    private const int Started = 1;
    private const int Watched = 2;
    private const int Ended = 3;

    // What the body goes on in; null for the default context. By the thread that runs the body.
    private ExecutionContext? _context;
    private Action? _continuation;

    // Set before Watched is.
    private Goroutine? _watcher;

    // Set before Ended is.
    private Exception? _failure;
    private int _state;

    /// <summary>Resumes the body on whatever thread calls it, for awaiters that know nothing of frames.</summary>
    internal Action Continuation => _continuation ??= ResumeAnywhere;

    internal bool HasEnded => Volatile.Read(ref _state) == Ended;

    /// <summary>The exception that has left the body.</summary>
    internal Exception? Failure => _failure;

    /// <summary>From now on it is the body of one goroutine.</summary>
    /// <exception cref="InvalidOperationException">It is already.</exception>
    internal void Claim()
    {
        if (Interlocked.CompareExchange(ref _state, Started, Cold) != Cold)
        {
            throw new InvalidOperationException(
                "This GoroutineBody was started before; each call of its method makes one for one goroutine.");
        }

    }

    /// <summary>Begins the body, or goes on with it, in an item of a goroutine: on a machine's thread, in the default context.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Resume()
    {
        AssertRuns();
        if (_context is null)
            MoveNext();
        else
            ResumeIn(_context);
    }

    /// <summary>Has <paramref name="goroutine"/> look for the end once it has come. By the holder of its run right.</summary>
    internal void Watch(Goroutine goroutine)
    {
        _watcher = goroutine;
        if (Interlocked.CompareExchange(ref _state, Watched, Started) != Started)
            goroutine.OnBodyCompleted();
    }

    /// <summary>By the body, as its last act, or in its place.</summary>
    /// <param name="failure">The exception that left it, if one did.</param>
    internal void End(Exception? failure)
    {
        _failure = failure;
        if (Interlocked.Exchange(ref _state, Ended) == Watched)
            _watcher!.OnBodyCompleted();
    }

    /// <summary>By the body, when it waits: has <paramref name="awaiter"/> resume it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void AwaitUnsafe<TAwaiter>(ref TAwaiter awaiter)
        where TAwaiter : ICriticalNotifyCompletion
    {
        CaptureContext();

        // A constant for the optimising compiler, whose code does not box a structure for the call. The code before it does, 32 bytes each
        // time, until this has been called some dozens of times; to have it optimised at once makes a round trip slower for good, by some 5
        // per cent.
        if (default(TAwaiter) is not null && awaiter is IGoroutineAwaiter)
            ((IGoroutineAwaiter)awaiter).Suspend(this);
        else
            AwaitOther(ref awaiter);
    }

    /// <inheritdoc cref="AwaitUnsafe"/>
    internal void Await<TAwaiter>(ref TAwaiter awaiter)
        where TAwaiter : INotifyCompletion
    {
        CaptureContext();
        try
        {
            awaiter.OnCompleted(Continuation);
        }
        catch (Exception e)
        {
            EndUnresumed(e);
        }
    }

    /// <summary>
    /// Instead of a wait, by an awaiter that throws: nobody will resume the body. Its own code must not see the exception, for the wait has
    /// begun as far as the compiler's state machine knows, and it would leave out what is to be done finally.
    /// </summary>
    internal void EndUnresumed(Exception failure) => End(failure);

    // Not in line: a try block would keep its caller from being compiled into the body.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AwaitOther<TAwaiter>(ref TAwaiter awaiter)
        where TAwaiter : ICriticalNotifyCompletion
    {
        try
        {
            awaiter.UnsafeOnCompleted(Continuation);
        }
        catch (Exception e)
        {
            EndUnresumed(e);
        }
    }

    private protected abstract void MoveNext();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CaptureContext()
    {
        ExecutionContext? context = ExecutionContext.Capture();
        if (context == Runner.DefaultContext)
            context = null;
        if (_context != context)
            _context = context;
    }

    private void ResumeAnywhere()
    {
        // The code that completes what was awaited may call this amid something else: the values that the body sets must not get there.
        ExecutionContext? context = _context ?? Runner.DefaultContext;
        if (HasEnded)
            return; // by an awaiter that threw, and kept the continuation
        AssertRuns();
        if (context is null)
            MoveNext();
        else
            ResumeIn(context);
    }

    [Conditional("DEBUG")]
    private void AssertRuns() =>
        Debug.Assert(Volatile.Read(ref _state) is Started or Watched, "A body is resumed that was not started, or has ended.");

    private void ResumeIn(ExecutionContext context) => ExecutionContext.Run(context, static frame => ((BodyFrame)frame!).MoveNext(), this);
}

/// <inheritdoc/>
/// <typeparam name="TStateMachine">The compiler's type for the body.</typeparam>
internal sealed class BodyFrame<TStateMachine> : BodyFrame
    where TStateMachine : IAsyncStateMachine
{
    internal TStateMachine StateMachine = default!;

    private protected override void MoveNext() => StateMachine.MoveNext();
}
