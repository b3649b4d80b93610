namespace Weft.FieldChild.Modes;

/// <summary>As <see cref="StartDispose"/>, by DisposeAsync, which would have a thread of its own.</summary>
internal static class DisposeLater
{
    internal static int Run(string[] arguments) => RunAsync(Burst.Parse(arguments)).GetAwaiter().GetResult();

    private static async Task<int> RunAsync(Burst burst)
    {
        Goroutine<int>[] all;
        await using (var scheduler = new Scheduler(new SchedulerOptions { Name = "field" }))
            all = burst.Start(scheduler);
        int accountedFor = 0;
        foreach (Goroutine<int> one in all)
        {
            try
            {
                accountedFor += await one.Task;
            }
            catch (ObjectDisposedException)
            {
                accountedFor++;
            }
        }

        Console.WriteLine($"{accountedFor} accounted for");
        return 0;
    }
}
