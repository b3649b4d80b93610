namespace Weft.FieldChild.Modes;

/// <summary>
/// A scheduler is disposed while the goroutines of a burst block or have not run yet: each has ended, or says that it was abandoned.
/// </summary>
internal static class StartDispose
{
    internal static int Run(string[] arguments)
    {
        const int Schedulers = 5;
        Burst burst = Burst.Parse(arguments);
        int ended = 0, abandoned = 0;
        for (int i = 0; i < Schedulers; i++)
        {
            Goroutine<int>[] all;
            using (var scheduler = new Scheduler(new SchedulerOptions { Name = "field" }))
                all = burst.Start(scheduler);
            foreach (Goroutine<int> one in all)
            {
                try
                {
                    ended += one.Task.GetAwaiter().GetResult();
                }
                catch (ObjectDisposedException)
                {
                    abandoned++;
                }
            }
        }

        Console.WriteLine($"{ended + abandoned} accounted for");
        return 0;
    }
}
