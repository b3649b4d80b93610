namespace Weft.FieldChild.Modes;

/// <summary>
/// A handler of <see cref="Scheduler.ThreadShortage"/>, which runs on the pool, must be called although there is no thread to be had.
/// </summary>
internal static class ShortageHandler
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    internal static int Run(string[] arguments)
    {
        Burst burst = Burst.Parse(arguments);
        using var scheduler = new Scheduler(new SchedulerOptions { Name = "field" });
        using var told = new ManualResetEventSlim();
        scheduler.ThreadShortage += (_, _) => told.Set();
        int ended = 0;
        foreach (Goroutine<int> one in burst.Start(scheduler))
        {
            one.Completion.Wait();
            ended++;
        }

        Console.WriteLine($"{ended} ended, told of a shortage: {told.Wait(s_limit)}");
        return 0;
    }
}
