namespace Weft.FieldChild.Modes;

/// <summary>A main goroutine starts a burst and awaits it.</summary>
internal static class RunMain
{
    internal static int Run(string[] arguments)
    {
        Burst burst = Burst.Parse(arguments);
        int sum = 0;
        Go.Run(async () =>
        {
            foreach (Goroutine<int> one in burst.Start(Scheduler.Default))
                sum += await one;
        });
        Console.WriteLine($"{sum} ended");
        return 0;
    }
}
