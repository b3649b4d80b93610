using System.ComponentModel;
using System.Diagnostics;
using Weft.Runtime.Running;

namespace Weft;

/// <summary>
/// One goroutine: a body that runs on a <see cref="Scheduler"/>. It is one logical thread: two continuations of it never run at the same
/// time. While it runs, it is its thread's <see cref="SynchronizationContext"/>, which is how whatever it awaits comes back to it. (A
/// scheduler with <see cref="SchedulerOptions.ConcurrentFlows"/> has it otherwise.)
/// </summary>
/// <remarks>All public members may be used from any thread.</remarks>
/// <example>
/// <code>
/// Goroutine hello = Go.Start(async () =>
/// {
///     await Go.SleepAsync(TimeSpan.FromMilliseconds(10));
///     Console.WriteLine("hello");
/// });
/// await hello.Completion;
/// </code>
/// </example>
[DebuggerDisplay("{DebugText,nq}")]
[DebuggerTypeProxy(typeof(DebugView))]
public abstract partial class Goroutine : SynchronizationContext
{
    /// <summary>
    /// Completes when the goroutine has ended, however it ended; it faults only if the scheduler was disposed before that (with
    /// <see cref="ObjectDisposedException"/>).
    /// </summary>
    public Task Completion
    {
        get
        {
            TaskCompletionSource completion = FindCompletion();
            for (var pause = default(SpinWait); completion == GoroutineEnds.Away; completion = FindCompletion())
                pause.SpinOnce(); // a search has it, for the length of a collection

            // Publisher: the ending goroutine, which makes its end and its outcome known, then reads the source.
            // Looker: this thread, which sets the source, then asks for both.
            // Fences: the barrier below; the release of the run right, or CompleteEnded.
            // Therefore: one of them completes it, and nobody is told of the end before the outcome is there.
            Interlocked.MemoryBarrier();
            if (HasEnded && IsOutcomeKnown)
                CompleteOnCleanThread(completion);
            else
                Engine.AskAgainIfForsaken();
            return completion.Task;
        }
    }

    /// <summary>
    /// Cannot be called: <c>await</c> of a goroutine without a result is an error of the compiler, which names the remedy.
    /// </summary>
    [Obsolete(
        "A goroutine that was started by Start and has no result cannot be awaited: "
        + "an exception that leaves it ends the process, as in Go. "
        + "Start it by RunAsync to await it and get its exceptions, or await its Completion, which tells of the end only.",
        error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void GetAwaiter() => throw new NotSupportedException();

    private TaskCompletionSource FindCompletion()
    {
        GoroutineExtra extra = Extra;
        if (Volatile.Read(ref extra.Completion) is TaskCompletionSource known)
            return known;
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (HasEnded && IsOutcomeKnown)
            Complete(completion); // nobody waits for it yet
        return Interlocked.CompareExchange(ref extra.Completion, completion, null) ?? completion;
    }
}
