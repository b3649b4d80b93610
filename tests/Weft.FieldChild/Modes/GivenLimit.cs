using System.Globalization;

namespace Weft.FieldChild.Modes;

/// <summary>
/// <c>given-limit COUNT MILLISECONDS MAXTHREADS</c>: a burst on a scheduler that is told to have more threads than there can be, while the
/// main thread awaits on .NET's pool, sleeps and uses the pool.
/// </summary>
internal static class GivenLimit
{
    internal static int Run(string[] arguments) =>
        RunAsync(Burst.Parse(arguments), int.Parse(arguments[2], CultureInfo.InvariantCulture)).GetAwaiter().GetResult();

    private static async Task<int> RunAsync(Burst burst, int maxThreads)
    {
        var scheduler = new Scheduler(new SchedulerOptions { Name = "field", MaxThreads = maxThreads });
        Goroutine<int>[] all = burst.Start(scheduler);
        int pooled = 0;
        for (int i = 0; i < 10; i++)
        {
            await Task.Delay(5);
            pooled += await Task.Run(static () => 1);
        }

        int ended = 0;
        foreach (Goroutine<int> one in all)
            ended += await one;
        Console.WriteLine($"{ended} ended, {pooled} on the pool, refused: {scheduler.Statistics.ThreadsRefused > 0}");
        return 0;
    }
}
