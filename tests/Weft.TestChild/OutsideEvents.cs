using System.Collections.Concurrent;
using System.Diagnostics;
using Weft.Runtime.Core;
using Weft.Runtime.Watching;

namespace Weft.TestChild;

/// <summary>
/// Healthy programs, each with a scheduler of its own, in which main waits for its first event from outside longer than everything must
/// sleep for a deadlock to be looked for. All run at once; while they wait, nobody may be told of a deadlock, nor be found leaked.
/// </summary>
internal static class OutsideEvents
{
    /// <summary>Several times the second after which a deadlock is looked for.</summary>
    internal static readonly TimeSpan FirstEvent = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(50);

    /// <param name="arguments">Names of kinds; none: all but those that want a process to themselves.</param>
    internal static int Run(string[] arguments)
    {
        string[] names = arguments.Length > 0 ? arguments : [.. OutsideEventKinds.All.Keys.Except(OutsideEventKinds.Alone)];
        var results = new ConcurrentDictionary<string, string>();
        var schedulers = new ConcurrentDictionary<string, Scheduler>();
        Thread[] threads = [.. names.Select(name => Start(name, results, schedulers))];

        // In the middle of the wait.
        Thread.Sleep(FirstEvent - TimeSpan.FromSeconds(1.5));
        if (!names.Intersect(OutsideEventKinds.Alone).Any())
        {
            foreach ((string name, Scheduler scheduler) in schedulers)
            {
                foreach (GoroutineInfo leaked in scheduler.FindLeakedGoroutines())
                    Console.WriteLine($"{name}: found leaked: {leaked}");
            }
        }

        var watch = Stopwatch.StartNew();
        foreach (Thread thread in threads)
            thread.Join(s_patience - watch.Elapsed is { Ticks: > 0 } left ? left : TimeSpan.Zero);
        foreach (string name in names)
            Console.WriteLine($"{name}: {results.GetValueOrDefault(name, "hangs")}");
        int searches = schedulers.Values.Sum(static scheduler => ((SystemMonitor)scheduler.Engine.Monitor).Deadlocks.Searches);
        int woken = results.Values.Count(static result => result == "woken");
        Console.WriteLine($"{woken} of {names.Length} woken, {(searches > 0 ? "searched" : "not searched")}");
        return 0;
    }

    private static Thread Start(
        string name,
        ConcurrentDictionary<string, string> results,
        ConcurrentDictionary<string, Scheduler> schedulers)
    {
        var thread = new Thread(RunOne) { IsBackground = true };
        thread.Start();
        return thread;

        void RunOne()
        {
            var scheduler = new Scheduler(new SchedulerOptions { MaxProcs = 1 });
            schedulers[name] = scheduler;
            try
            {
                scheduler.Run(OutsideEventKinds.All[name]);
                results[name] = "woken";
            }
            catch (Exception e)
            {
                results[name] = e.GetType().Name;
            }
        }
    }
}
