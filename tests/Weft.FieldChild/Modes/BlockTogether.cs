using System.Globalization;

namespace Weft.FieldChild.Modes;

/// <summary>
/// <c>block-together COUNT MAXTHREADS</c>: goroutines that all block until the last of them runs. Each needs a thread, so a scheduler that
/// keeps threads back for others must give them up in the end.
/// </summary>
internal static class BlockTogether
{
    internal static int Run(string[] arguments)
    {
        int count = int.Parse(arguments[0], CultureInfo.InvariantCulture);
        int maxThreads = int.Parse(arguments[1], CultureInfo.InvariantCulture);
        var scheduler = new Scheduler(new SchedulerOptions { Name = "field", MaxThreads = maxThreads });
        using var all = new CountdownEvent(count);
        Goroutine<int>[] goroutines = [.. Enumerable.Range(0, count).Select(_ => scheduler.Start(() =>
        {
            all.Signal();
            all.Wait();
            return 1;
        }))];
        Console.WriteLine($"{goroutines.Sum(static one => one.Task.Result)} ended");
        return 0;
    }
}
