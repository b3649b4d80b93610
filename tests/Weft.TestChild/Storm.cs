using System.Globalization;

namespace Weft.TestChild;

/// <summary>A burst of goroutines that block their threads. Public because a test calls it in an AssemblyLoadContext of its own.</summary>
public static class Storm
{
    /// <summary>The command: a number of goroutines, for a number of milliseconds.</summary>
    internal static int Run(string[] arguments) => Run(
        int.Parse(arguments[0], CultureInfo.InvariantCulture),
        int.Parse(arguments[1], CultureInfo.InvariantCulture));

    /// <summary>Blocks every goroutine at once and ends with the scheduler disposed.</summary>
    public static int Run(int goroutines, int milliseconds)
    {
        using var scheduler = new Scheduler(new SchedulerOptions { Name = "storm", MaxProcs = 2 });
        int ended = 0;
        scheduler.Run(async () =>
        {
            var all = new Goroutine[goroutines];
            for (int i = 0; i < all.Length; i++)
            {
                all[i] = scheduler.Start(() =>
                {
                    Thread.Sleep(milliseconds);
                    Interlocked.Increment(ref ended);
                });
            }

            foreach (Goroutine goroutine in all)
                await goroutine.Completion;
        });
        Console.WriteLine($"{ended} ended");
        return ended == goroutines ? 0 : 1;
    }
}
