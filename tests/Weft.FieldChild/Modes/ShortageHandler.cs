using System.Globalization;

namespace Weft.FieldChild.Modes;

/// <summary>
/// A handler of <see cref="Scheduler.ThreadShortage"/>, which runs on the pool, must be called although there is no thread to be had: each
/// goroutine keeps its thread until the handler has been called.
/// </summary>
internal static class ShortageHandler
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    internal static int Run(string[] arguments)
    {
        int goroutines = int.Parse(arguments[0], CultureInfo.InvariantCulture);
        using var scheduler = new Scheduler(new SchedulerOptions { Name = "field" });
        using var told = new ManualResetEventSlim();
        scheduler.ThreadShortage += (_, _) => told.Set();
        Goroutine<bool>[] all = [.. Enumerable.Range(0, goroutines).Select(_ => scheduler.Start(() => told.Wait(s_limit)))];
        int ended = 0;
        foreach (Goroutine<bool> one in all)
        {
            one.Completion.Wait();
            ended++;
        }

        Console.WriteLine($"{ended} ended, told of a shortage: {told.IsSet}");
        return 0;
    }
}
