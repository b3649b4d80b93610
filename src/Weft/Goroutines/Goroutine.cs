using System.ComponentModel;
using System.Diagnostics;
using Weft.Contracts;
using Weft.Runtime.Core;
using Weft.Runtime.Running;

namespace Weft;

/// <summary>
/// One goroutine: a body that runs on a <see cref="Scheduler"/>. It is one logical thread: two continuations of it never run at the same
/// time. While it runs, it is its thread's <see cref="SynchronizationContext"/>, which is how whatever it awaits comes back to it.
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
    private readonly string _file;
    private readonly int _line;

    private protected Goroutine(Engine engine, object body, string file, int line)
    {
        Engine = engine;
        _body = body;
        _file = file;
        _line = line;
        _slot = s_begin;
        _phase = PhaseReady;
        ExecutionContext? context = ExecutionContext.Capture();
        if (context != Machine.DefaultContext)
            _slotState = context;
        SetWaitNotificationRequired();
        if (GoroutineTags.AnyLabels)
            InheritLabels();
    }

    /// <summary>A number that no other goroutine of this process has.</summary>
    public long Id { get; internal set; }

    /// <summary>The scheduler it runs on.</summary>
    public Scheduler Scheduler => Engine.Owner;

    /// <summary>Source file and line of the call that started it, as <c>Program.cs:12</c>.</summary>
    public string StartSite => $"{Path.GetFileName(_file)}:{_line}";

    /// <summary>What it is doing now; it may be doing something else by the time the caller looks at the answer.</summary>
    public GoroutineStatus Status => HasEnded ? GoroutineStatus.Ended : Volatile.Read(ref _blockedDepth) > 0
        ? GoroutineStatus.Blocked
        : Volatile.Read(ref _phase) switch
        {
            PhaseReady => GoroutineStatus.Runnable,
            PhaseRunning => GoroutineStatus.Running,
            _ => GoroutineStatus.Parked,
        };

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
            // Fences: the barrier below; the release of the run right, or SettleEnded.
            // Therefore: one of them settles it, and nobody is told of the end before the outcome is there.
            Interlocked.MemoryBarrier();
            if (HasEnded && IsOutcomeKnown)
                SettleCompletion(completion);
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

    internal Engine Engine { get; }

    private TaskCompletionSource FindCompletion()
    {
        GoroutineExtra extra = Extra;
        if (Volatile.Read(ref extra.Completion) is TaskCompletionSource known)
            return known;
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (HasEnded && IsOutcomeKnown)
            Settle(completion); // nobody waits for it yet
        return Interlocked.CompareExchange(ref extra.Completion, completion, null) ?? completion;
    }

    /// <summary>A goroutine is its own context; a copy would be another logical thread.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public sealed override SynchronizationContext CreateCopy() => this;

    /// <inheritdoc/>
    public override string ToString() => $"goroutine {Id}{TagText} [{Status}] started at {StartSite}";

    internal static long ReserveIds(int count) => Interlocked.Add(ref s_lastId, count) - count + 1;

    private static long s_lastId;
}
