namespace Weft.FieldChild.Modes;

/// <summary>
/// A scheduler is disposed while there is no thread to be had and its goroutines could not run: they ended, or say that they were
/// abandoned.
/// </summary>
internal static class FullDispose
{
    private static readonly TimeSpan s_stay = TimeSpan.FromMilliseconds(300);

    internal static int Run(string[] arguments)
    {
        const int Goroutines = 10;
        _ = new ThreadFill(s_stay);
        Goroutine<int>[] all;
        using (var scheduler = new Scheduler(new SchedulerOptions { Name = "field" }))
            all = new Burst(Goroutines, 1).Start(scheduler);
        Task.WhenAll(all.Select(one => one.Task)).ContinueWith(_ => { }, TaskContinuationOptions.ExecuteSynchronously).Wait();
        Console.WriteLine($"{all.Count(one => one.Task.IsCompleted)} accounted for");
        return 0;
    }
}
