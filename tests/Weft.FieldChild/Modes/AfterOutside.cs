namespace Weft.FieldChild.Modes;

/// <summary>Code that is no goroutine waits for a time at a channel while the goroutines of a burst block.</summary>
internal static class AfterOutside
{
    internal static int Run(string[] arguments)
    {
        const int Rounds = 10;
        Burst burst = Burst.Parse(arguments);
        Goroutine<int>[] all = burst.Start(Scheduler.Default);
        int fired = 0;
        for (int i = 0; i < Rounds; i++)
        {
            Go.After(TimeSpan.FromMilliseconds(burst.Milliseconds)).Receive();
            fired++;
        }

        Task.WaitAll(all.Select(one => one.Completion));
        Console.WriteLine($"{fired} fired, {all.Count(one => one.Status == GoroutineStatus.Ended)} ended");
        return 0;
    }
}
