using System.Globalization;

namespace Weft.TestChild;

/// <summary>.NET's pool under a guard, in a process of its own. Each command prints what the test compares.</summary>
internal static class GuardedPool
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(40);

    /// <param name="arguments">How many items block until all of them have begun, and the guard's limit of threads.</param>
    internal static int AllAtOnce(string[] arguments)
    {
        int count = Number(arguments[0]);
        var options = new ThreadPoolGuardOptions { MaxThreads = Number(arguments[1]) };
        using ThreadPoolGuard guard = ThreadPoolGuard.Start(options);
        using var told = new CountdownEvent(1);
        guard.Changed += (_, change) =>
        {
            if (!change.IsFirstStarvation || told.IsSet)
                return;
            Console.WriteLine($"{change.Action}: {change.Description}");
            told.Signal();
        };
        if (!BeginAll(count))
            return 3;
        return told.Wait(s_limit) ? 0 : 4;
    }

    /// <summary>Items wait for items that are queued behind them.</summary>
    internal static int Deadlock(string[] arguments)
    {
        int count = Number(arguments[0]);
        using ThreadPoolGuard guard = ThreadPoolGuard.Start();
        using var all = new CountdownEvent(count);
        using var queued = new ManualResetEventSlim();
        for (int i = 0; i < count; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    queued.Wait();
                    using var behind = new ManualResetEventSlim();
                    ThreadPool.UnsafeQueueUserWorkItem(static behind => ((ManualResetEventSlim)behind!).Set(), behind);
                    behind.Wait();
                    all.Signal();
                },
                null);
        }

        queued.Set();
        return all.Wait(s_limit) ? 0 : 3;
    }

    /// <summary>More items block than there may be threads: the guard says so, and has no more.</summary>
    internal static int Bound(string[] arguments)
    {
        const int Most = 40;
        using ThreadPoolGuard guard = ThreadPoolGuard.Start(new ThreadPoolGuardOptions { MaxThreads = Most });
        using var reached = new ManualResetEventSlim();
        var release = new ManualResetEventSlim(); // not disposed: items may begin when the test is over
        guard.Changed += (_, change) =>
        {
            if (change.Action == ThreadPoolGuardAction.BoundReached)
                reached.Set();
        };
        for (int i = 0; i < 500; i++)
            ThreadPool.UnsafeQueueUserWorkItem(_ => release.Wait(), null);
        bool isReached = reached.Wait(s_limit);
        Console.WriteLine(guard.Statistics.PeakMinimum);
        release.Set();
        return isReached ? 0 : 3;
    }

    /// <summary>What the user sets holds while the guard is there and after it, and two guards are one.</summary>
    internal static int Minimum(string[] arguments)
    {
        ThreadPool.GetMinThreads(out int before, out int ports);
        ThreadPoolGuard first = ThreadPoolGuard.Start(new ThreadPoolGuardOptions { MaxThreads = 10 });
        ThreadPoolGuard second = ThreadPoolGuard.Start(new ThreadPoolGuardOptions { MaxThreads = 500 });
        first.Dispose();
        first.Dispose();
        if (!BeginAll(100))
            return 3;
        int peak = second.Statistics.PeakMinimum;
        ThreadPool.SetMinThreads(before + 1, ports);
        if (!SpinWait.SpinUntil(() => second.Statistics.UserMinimum == before + 1, s_limit) || !BeginAll(150))
            return 4;
        second.Dispose();
        ThreadPool.GetMinThreads(out int after, out _);
        using (ThreadPoolGuard again = ThreadPoolGuard.Start())
        {
            if (!BeginAll(50))
                return 5;
        }

        ThreadPool.GetMinThreads(out int last, out _);
        Console.WriteLine($"{peak >= 100} {after - before} {last - before}");
        return 0;
    }

    /// <summary>Many items compute: no thread is wanted. Then they end.</summary>
    internal static int Computing(string[] arguments)
    {
        const int Items = 200;
        using ThreadPoolGuard guard = ThreadPoolGuard.Start();
        using var all = new CountdownEvent(Items);
        for (int i = 0; i < Items; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    double value = 1;
                    for (int j = 0; j < 2_000_000; j++)
                        value = Math.Sqrt(value + j);
                    GC.KeepAlive(value);
                    all.Signal();
                },
                null);
        }

        if (!all.Wait(s_limit))
            return 3;
        Console.WriteLine(guard.Statistics.Raised);
        return 0;
    }

    /// <summary>The environment fixes the pool's minimum.</summary>
    internal static int Fixed(string[] arguments)
    {
        using ThreadPoolGuard guard = ThreadPoolGuard.Start();
        using var told = new ManualResetEventSlim();
        var release = new ManualResetEventSlim(); // not disposed: items may begin when the test is over
        guard.Changed += (_, change) =>
        {
            if (change.Action == ThreadPoolGuardAction.NotObeyed)
                told.Set();
        };
        for (int i = 0; i < 100; i++)
            ThreadPool.UnsafeQueueUserWorkItem(_ => release.Wait(), null);
        bool isTold = told.Wait(s_limit);
        release.Set();
        return isTold ? 0 : 3;
    }

    /// <summary>Whether that many items, each of which blocks until all have begun, have ended: they need as many threads.</summary>
    internal static bool BeginAll(int count)
    {
        using var begun = new CountdownEvent(count);
        using var ended = new CountdownEvent(count);
        for (int i = 0; i < count; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    begun.Signal();
                    begun.Wait();
                    ended.Signal();
                },
                null);
        }

        return ended.Wait(s_limit);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
