using Weft.Runtime.Core;
using Weft.Runtime.Running;

namespace Weft;

/// <summary>
/// A goroutine that can be awaited: one with a result (<see cref="Goroutine{TResult}"/>), or one without that was started by
/// <see cref="Go.RunAsync(Action, string, int)"/> or <see cref="Go.RunBlocking(Action, string, int)"/>. An exception that leaves its body
/// is thrown where it is awaited, and never ends the process; if it is awaited nowhere,
/// <see cref="TaskScheduler.UnobservedTaskException"/> is raised, as for a task.
/// </summary>
/// <remarks>All public members may be used from any thread, any number of times.</remarks>
/// <example>
/// <code>
/// AwaitableGoroutine download = Go.RunAsync(async () => await DownloadAsync("https://go.dev/", cancellationToken));
/// await download; // throws what left the body
/// </code>
/// </example>
public abstract class AwaitableGoroutine : Goroutine
{
    // Goroutines that await this one: a stack, closed by s_closed once the outcome is known.
    private JoinItem? _joiners;
    private static readonly JoinItem s_closed = new(null, null);

    private protected AwaitableGoroutine(Engine engine, object body, string file, int line)
        : base(engine, body, file, line)
    {
    }

    /// <summary>
    /// Its end as a task, one and the same whenever it is asked for. Faults with the body's exception, is cancelled if the body was, and
    /// faults with <see cref="ObjectDisposedException"/> when the scheduler was disposed before the goroutine ended.
    /// </summary>
    public Task Task => OutcomeTask;

    private protected abstract Task OutcomeTask { get; }

    /// <summary>Makes <c>await goroutine</c> work.</summary>
    public new GoroutineAwaiter GetAwaiter() => new(this);

    /// <summary>Whether the outcome can be asked for without waiting.</summary>
    internal abstract bool HasOutcome { get; }

    private protected sealed override bool IsOutcomeKnown => HasOutcome;

    /// <summary>Throws what left the body; waits for the end if need be.</summary>
    internal abstract void ThrowIfFailed();

    /// <summary>
    /// Has the calling goroutine resumed with <paramref name="continuation"/> once the outcome is known. Straight from goroutine to
    /// goroutine: were a thread of the pool in between, all goroutines could be asleep for a moment without a deadlock. False if no
    /// goroutine calls, in its own flow.
    /// </summary>
    internal bool TryJoin(object continuation)
    {
        if (Machine.CurrentGoroutine is not Goroutine waiter || !ReferenceEquals(SynchronizationContext.Current, waiter))
            return false;

        // Another scheduler's goroutines can wake this one although all of its own scheduler are asleep.
        Machine.NoteWait(waiter.Engine == Engine ? WaitReason.Join : WaitReason.Await, continuation);
        AddJoiner(waiter, continuation);
        return true;
    }

    /// <summary>Resumes those that await the goroutine. Once, when its outcome is known.</summary>
    private protected void ResumeJoiners()
    {
        for (JoinItem? item = Interlocked.Exchange(ref _joiners, s_closed); item is not null && item != s_closed; item = item.Next)
            item.Goroutine!.PostContinuation(item.Continuation!, null);
    }

    private protected override void DetachOwnEnds(bool alone, ref GoroutineEnds? ends)
    {
        if (Volatile.Read(ref _joiners) is null)
            return;
        ends ??= new GoroutineEnds();
        JoinItem? joiners = Interlocked.Exchange(ref _joiners, null);
        for (JoinItem? item = alone ? null : joiners; item is not null; item = item.Next)
        {
            if (item.Goroutine!.Engine != Engine)
            {
                PutBack(joiners!);
                return;
            }
        }

        ends.Joiners = joiners;
    }

    private protected override void AttachOwnEnds(GoroutineEnds ends)
    {
        if (ends.Joiners is JoinItem joiners)
            PutBack(joiners);
    }

    /// <summary>On top of those that came meanwhile; the stack is not closed, as the goroutine cannot end while it is held.</summary>
    private void PutBack(JoinItem joiners)
    {
        JoinItem last = joiners;
        while (last.Next is not null)
            last = last.Next;
        JoinItem? head;
        do
        {
            head = Volatile.Read(ref _joiners);
            last.Next = head;
        }
        while (Interlocked.CompareExchange(ref _joiners, joiners, head) != head);
    }

    private void AddJoiner(Goroutine goroutine, object continuation)
    {
        var item = new JoinItem(goroutine, continuation);
        while (true)
        {
            JoinItem? head = Volatile.Read(ref _joiners);
            if (ReferenceEquals(head, s_closed))
            {
                goroutine.PostContinuation(continuation, null);
                return;
            }

            item.Next = head;
            if (Interlocked.CompareExchange(ref _joiners, item, head) == head)
                return;
        }
    }

    private sealed class JoinItem(Goroutine? goroutine, object? continuation)
    {
        internal Goroutine? Goroutine { get; } = goroutine;

        /// <summary>What the goroutine's mailbox takes.</summary>
        internal object? Continuation { get; } = continuation;

        internal JoinItem? Next { get; set; }
    }
}
