using Weft.Runtime.Core;

namespace Weft;

/// <content>Code that blocks in most of its runs, or in none: nobody knows beforehand.</content>
public static partial class Go
{
    /// <summary>
    /// Runs code that may block the goroutine's thread. If it has blocked in most of its last runs, the processor goes on to another thread
    /// before it does, which is several times cheaper than when the scheduler has to find out.
    /// </summary>
    /// <param name="habit">What is known of this code; it learns from the run.</param>
    /// <param name="call">
    /// The code. If it returns a task, this is about its part up to the first await that waits, and on a scheduler with
    /// <see cref="SchedulerOptions.ConcurrentFlows"/> about what comes after it, too: until the task ends, and of calls inside each other
    /// for the outermost.
    /// </param>
    /// <remarks>
    /// The code is an ordinary part of the goroutine, other than that of <see cref="Blocking(Action)"/>: what is posted to the goroutine
    /// runs when the code blocks in a way that the runtime tells of, or awaits. Code that is expected to block runs without a processor, up
    /// to the goroutine's next await that waits: it does not count among the <see cref="SchedulerOptions.MaxProcs"/> goroutines that run at
    /// a time. Outside goroutines, and inside <see cref="Blocking(Action)"/>, the code is just run, and nothing is learned.
    /// </remarks>
    /// <inheritdoc cref="BlockingHabit" path="/example"/>
    public static void MayBlock(BlockingHabit habit, Action call)
    {
        ArgumentNullException.ThrowIfNull(habit);
        ArgumentNullException.ThrowIfNull(call);
        using (habit.Begin())
            call();
    }

    /// <returns>What the call returned.</returns>
    /// <inheritdoc cref="MayBlock(BlockingHabit, Action)"/>
    public static TResult MayBlock<TResult>(BlockingHabit habit, Func<TResult> call)
    {
        ArgumentNullException.ThrowIfNull(habit);
        ArgumentNullException.ThrowIfNull(call);
        return MayBlock(habit, static call => call(), call);
    }

    /// <param name="habit">What is known of this code; it learns from the run.</param>
    /// <param name="call">The code.</param>
    /// <param name="state">Passed to <paramref name="call"/>.</param>
    /// <returns>What the call returned.</returns>
    /// <inheritdoc cref="MayBlock(BlockingHabit, Action)"/>
    public static TResult MayBlock<TState, TResult>(BlockingHabit habit, Func<TState, TResult> call, TState state)
    {
        ArgumentNullException.ThrowIfNull(habit);
        ArgumentNullException.ThrowIfNull(call);
        Task? left = null;
        FlowContext? flows = null;
        try
        {
            using (habit.Begin(out flows))
            {
                TResult result = call(state);
                left = result as Task;
                return result;
            }
        }
        finally
        {
            flows?.EndHabitWith(left);
        }
    }
}
