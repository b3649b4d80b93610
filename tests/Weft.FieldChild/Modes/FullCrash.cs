namespace Weft.FieldChild.Modes;

/// <summary>
/// An exception that nobody can await leaves a goroutine while there is no thread to be had: the report is of that, not of the want of
/// threads.
/// </summary>
internal static class FullCrash
{
    internal static int Run(string[] arguments)
    {
        using var never = new ManualResetEventSlim();
        var scheduler = new Scheduler(new SchedulerOptions { Name = "field" });
        scheduler.Start(() =>
        {
            _ = new ThreadFill(TimeSpan.FromMinutes(1));
            throw new InvalidOperationException("left the goroutine");
        });
        never.Wait(TimeSpan.FromSeconds(20));
        return 3; // it did not end the process
    }
}
