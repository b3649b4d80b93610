namespace Weft.FieldChild.Modes;

/// <summary>
/// A scheduler's only goroutine is started while there is no thread to be had, and nobody uses the scheduler again: it runs after a
/// collection.
/// </summary>
internal static class FullForsaken
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    internal static int Run(string[] arguments)
    {
        var full = new ThreadFill(s_limit);
        var scheduler = new Scheduler(new SchedulerOptions { Name = "field" });
        using var ran = new ManualResetEventSlim();
        scheduler.Start(ran.Set);
        full.End();
        bool did = false;
        long end = Environment.TickCount64 + (long)s_limit.TotalMilliseconds;
        for (; !did && Environment.TickCount64 < end; did = ran.Wait(10))
            GC.Collect();
        Console.WriteLine($"ran: {did}");
        return 0;
    }
}
