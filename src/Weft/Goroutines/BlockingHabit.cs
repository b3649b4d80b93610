using Weft.Runtime.Core;
using Weft.Runtime.Host;

namespace Weft;

/// <summary>
/// Learns whether a piece of code blocks its thread, from what its last runs did. <see cref="Go.MayBlock(BlockingHabit, Action)"/> runs the
/// code accordingly.
/// </summary>
/// <remarks>
/// <para>
/// One object for each piece of code: an endpoint, a query, a kind of job. Runs that are short and runs that block are best kept apart.
/// It needs no closing, and may be used by any number of goroutines and schedulers at the same time.
/// </para>
/// <para>
/// A run has blocked if it took 0.2 ms or longer, slept, and computed for less than half of that time. After some six such runs the next
/// ones are expected to block, after some dozen others no longer. Where the system does not tell how long a thread has computed (on
/// Windows and macOS), a long run has blocked if the scheduler noticed so, and a run that was expected to block has blocked if it was long.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// var habit = new BlockingHabit();
/// for (int i = 0; i &lt; 1_000; i++)
///     Go.Start(() =&gt; Go.MayBlock(habit, () =&gt; Thread.Sleep(50)));
/// </code>
/// </example>
public sealed class BlockingHabit
{
    private readonly BlockHabit _atOnce = new();
    private readonly BlockHabit _afterAwait = new();

    /// <summary>Whether the next run is expected to block before its first await that waits.</summary>
    public bool BlocksAtOnce => _atOnce.IsExpected;

    /// <summary>
    /// Whether what goes on after an await is expected to block. Learned only where flows run side by side
    /// (<see cref="SchedulerOptions.ConcurrentFlows"/>).
    /// </summary>
    public bool BlocksAfterAwait => _afterAwait.IsExpected;

    /// <summary>A run begins, if the caller is a goroutine and not in a declared call.</summary>
    internal BlockHabit.Run Begin() => RunnerOfRuns() is Machine machine ? _atOnce.Begin(machine) : default;

    /// <summary>The same for a call that may return a task.</summary>
    /// <param name="flows">Is to be told what the call has returned; null if its flows are not counted.</param>
    internal BlockHabit.Run Begin(out FlowContext? flows)
    {
        flows = null;
        if (RunnerOfRuns() is not Machine machine)
            return default;
        if (SynchronizationContext.Current is FlowContext context && context.TryBeginHabit(_afterAwait))
            flows = context;
        return _atOnce.Begin(machine);
    }

    // A goroutine that is locked to its thread is the current one in a declared call, too.
    private static Machine? RunnerOfRuns() =>
        Machine.Calling is { Current: not null, IsInScheduler: false, CallDepth: 0 } machine ? machine : null;
}
