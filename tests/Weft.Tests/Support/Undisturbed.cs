namespace Weft.Tests.Support;

/// <summary>
/// For what holds as long as every goroutine keeps its processor between two awaits: the order of turns, how many run at once. A thread
/// that the monitor saw asleep (the collector had stopped it, say, or another compiled what it was about to call), or that the system put
/// aside for a time slice, loses its processor, and others run on meanwhile: such a try proves nothing.
/// </summary>
internal static class Undisturbed
{
    private const int Tries = 20;

    /// <summary>
    /// What <paramref name="body"/> says on a scheduler on which that did not happen; at the last try, on whatever scheduler.
    /// </summary>
    /// <param name="procs">The scheduler's processors.</param>
    /// <param name="body">Run once for each try, on a scheduler of its own; returns when its goroutines have ended.</param>
    /// <param name="slicesEnd">Whether time slices end, as the goroutines compute for longer.</param>
    public static Task<T> ResultAsync<T>(int procs, Func<Scheduler, Task<T>> body, bool slicesEnd = false) =>
        ResultAsync(new SchedulerOptions { Name = TestScheduler.NextName(), MaxProcs = procs }, body, slicesEnd);

    /// <inheritdoc cref="ResultAsync{T}(int, Func{Scheduler, Task{T}}, bool)"/>
    /// <param name="options">The scheduler's.</param>
    public static async Task<T> ResultAsync<T>(SchedulerOptions options, Func<Scheduler, Task<T>> body, bool slicesEnd = false)
    {
        for (int left = Tries - 1; ; left--)
        {
            using var _ = TestScheduler.Create(options, out Scheduler scheduler);
            T result = await body(scheduler);
            SchedulerStatistics statistics = scheduler.Statistics;
            if (left == 0 || (statistics.HandOffsByMonitor == 0 && (slicesEnd || statistics.HandOffsByTimeSlice == 0)))
                return result;
        }
    }
}
