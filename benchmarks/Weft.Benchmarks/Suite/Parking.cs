using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>Goroutines, or tasks, that sleep for longer than anything here takes.</summary>
internal static class Parking
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    // From a goroutine's last step until it is parked.
    private static readonly TimeSpan s_lastStep = TimeSpan.FromMilliseconds(200);

    public static void Park(Scheduler scheduler, int count)
    {
        Countdown started = new(count);
        for (int i = 0; i < count; i++)
            scheduler.Start(Sleep(started));
        started.Done.Wait();
        Thread.Sleep(s_lastStep);
    }

    public static void ParkTasks(int count)
    {
        Countdown started = new(count);
        Func<Task> sleep = () => Delay(started);
        for (int i = 0; i < count; i++)
            _ = Task.Run(sleep);
        started.Done.Wait();
        Thread.Sleep(s_lastStep);
    }

    private static async GoroutineBody Sleep(Countdown started)
    {
        started.Signal();
        await Go.SleepAsync(s_hour);
    }

    private static async Task Delay(Countdown started)
    {
        started.Signal();
        await Task.Delay(s_hour);
    }
}
