namespace Weft.Tests.Support;

/// <summary>Waits that end in a report instead of a hang. The limits are no promises of speed; a test that reaches one is broken.</summary>
internal static class Limits
{
    /// <summary>Longer than anything here takes on a busy machine with one CPU.</summary>
    public static readonly TimeSpan Hang = TimeSpan.FromSeconds(40);

    /// <summary>Waits for the end of a goroutine.</summary>
    public static Task Within(this Goroutine goroutine) => goroutine.Completion.Within(goroutine.Scheduler);

    /// <summary>Waits for the result of a goroutine.</summary>
    public static Task<T> Within<T>(this Goroutine<T> goroutine) => goroutine.Task.Within(goroutine.Scheduler);

    /// <summary>Waits for the end of all.</summary>
    public static Task Within(this IEnumerable<Goroutine> goroutines)
    {
        Goroutine[] all = [.. goroutines];
        return Task.WhenAll(all.Select(goroutine => goroutine.Completion)).Within(all[0].Scheduler);
    }

    /// <summary>Waits for the results of all.</summary>
    public static Task<T[]> Within<T>(this IEnumerable<Goroutine<T>> goroutines)
    {
        Goroutine<T>[] all = [.. goroutines];
        return Task.WhenAll(all.Select(goroutine => goroutine.Task)).Within(all[0].Scheduler);
    }

    /// <summary>Waits for a task that the scheduler's goroutines should complete; its dump is in the exception if they do not.</summary>
    public static async Task Within(this Task task, Scheduler scheduler)
    {
        try
        {
            await task.WaitAsync(Hang).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw TestScheduler.Hung(scheduler, "The awaited task did not complete.");
        }
    }

    /// <inheritdoc cref="Within(Task, Scheduler)"/>
    public static async Task<T> Within<T>(this Task<T> task, Scheduler scheduler)
    {
        await ((Task)task).Within(scheduler).ConfigureAwait(false);
        return await task.ConfigureAwait(false);
    }

    /// <summary>Looks until a condition holds that no event announces, such as what /proc shows.</summary>
    public static async Task Until(Func<bool> condition, string what, Scheduler? scheduler = null, TimeSpan? limit = null)
    {
        long deadline = Environment.TickCount64 + (long)(limit ?? Hang).TotalMilliseconds;
        while (!condition())
        {
            if (Environment.TickCount64 > deadline)
            {
                string message = $"Not seen within the limit: {what}.";
                throw scheduler is null ? new TimeoutException(message) : TestScheduler.Hung(scheduler, message);
            }

            await Task.Delay(2).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Looks until that number of goroutines of a scheduler are parked, and none is about to be: one that has left a queue but not begun to
    /// run counts as parked, so no machine may have a processor.
    /// </summary>
    public static Task UntilParked(Scheduler scheduler, long count, string what) => Until(
        () => scheduler.Statistics is { GoroutinesRunnable: 0 } now
            && now.GoroutinesParked == count && now.IdleProcessors == now.Processors,
        what,
        scheduler);
}
