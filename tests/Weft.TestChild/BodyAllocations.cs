using System.Globalization;

namespace Weft.TestChild;

/// <summary>
/// Prints how many bytes a number of waits of one kind allocate in a <see cref="GoroutineBody"/>, once each has been done before. In a
/// process of its own, where nothing else allocates, and whose code can be compiled for speed from the first call.
/// </summary>
internal static class BodyAllocations
{
    private const int Waits = 1_000;

    // A collection or the system's monitor may allocate in one; what a wait allocates, it allocates in each.
    private const int Attempts = 10;

    // Long enough that the goroutine has parked by then: one that is woken before that gets its mail in an envelope, which is allocated.
    private static readonly TimeSpan s_nap = TimeSpan.FromMicroseconds(100);

    public static int Run(string[] arguments)
    {
        using var scheduler = new Scheduler(new SchedulerOptions { MaxProcs = 1 });
        long least = scheduler.Start(Measure(arguments[0])).Task.GetAwaiter().GetResult();
        Console.WriteLine(least.ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    private static async GoroutineBody<long> Measure(string kind)
    {
        var there = new Chan<int>();
        var back = new Chan<int>();
        var @lock = new GoLock();
        var select = new Select();
        select.Receive(back);
        Go.Start(kind == "lock" ? Contend(@lock, there) : Echo(there, back));
        long least = long.MaxValue;
        for (int attempt = 0; attempt <= Attempts; attempt++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < Waits; i++)
            {
                switch (kind)
                {
                    case "channel":
                        await there.SendAsync(i);
                        await back.ReceiveAsync();
                        break;
                    case "select":
                        await there.SendAsync(i);
                        await select.WaitAsync();
                        break;
                    case "yield":
                        await Go.Yield();
                        break;
                    case "sleep":
                        await Go.SleepAsync(s_nap);
                        break;
                    case "lock":
                        using (await @lock.LockAsync())
                            await Go.Yield(); // the other one asks for it
                        break;
                    default:
                        throw new ArgumentException($"There is no kind '{kind}'.", nameof(kind));
                }
            }

            if (attempt > 0)
                least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        there.Close();
        return least;
    }

    private static async GoroutineBody Echo(Chan<int> from, Chan<int> to)
    {
        await foreach (int value in from)
            await to.SendAsync(value);
    }

    private static async GoroutineBody Contend(GoLock @lock, Chan<int> stop)
    {
        while (!stop.IsClosed)
        {
            using (await @lock.LockAsync())
                await Go.Yield();
        }
    }
}
