namespace Weft.FieldChild.Modes;

/// <summary>
/// A scheduler's first goroutine is started while there is no thread to be had: it runs once there is one, and so does the second.
/// </summary>
internal static class FullFirstStart
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    internal static int Run(string[] arguments)
    {
        var full = new ThreadFill(s_limit);
        var scheduler = new Scheduler(new SchedulerOptions { Name = "field" });
        using var ran = new CountdownEvent(2);
        scheduler.Start(() => { ran.Signal(); });
        full.End();
        scheduler.Start(() => { ran.Signal(); });
        bool both = ran.Wait(s_limit);
        scheduler.Dispose();
        Console.WriteLine($"both ran: {both}");
        return 0;
    }
}
