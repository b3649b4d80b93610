using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Suite;

/// <summary>One storm: many goroutines, or work items, that block their threads at once.</summary>
/// <param name="ElapsedMs">From the first start until the last is done.</param>
/// <param name="InsideMs">How long goroutines waited for their turn meanwhile that a goroutine started, its own lateness included.</param>
/// <param name="OutsideMs">The same of goroutines or work items that a thread outside started.</param>
/// <param name="PeakThreads">The most threads the process had.</param>
internal sealed record StormBurst(double ElapsedMs, IReadOnlyList<double> InsideMs, IReadOnlyList<double> OutsideMs, int PeakThreads)
{
    private static readonly TimeSpan s_bystanderInterval = TimeSpan.FromMilliseconds(1);

    public static StormBurst OnWeft(Scheduler scheduler, string kind, int count, TimeSpan length)
    {
        using Blocker blocker = Blocker.Create(kind, count, length);
        Bystanders inside = Bystanders.FromInside(scheduler, s_bystanderInterval);
        Bystanders outside = Bystanders.FromOutside(body => scheduler.Start(body), s_bystanderInterval);
        using PeakThreadsWatch watch = new();
        double elapsed = 0;
        scheduler.Start(async () =>
        {
            long start = Clock.Now;
            Countdown toBlock = new(count), left = new(count);
            Go.Start(async () =>
            {
                await Go.SleepAsync(length);
                await toBlock.Done;
                blocker.Release();
            });
            for (int i = 0; i < count; i++)
                Go.Start(static state => Block(state.blocker, state.i, state.toBlock, state.left), (blocker, i, toBlock, left));
            await left.Done;
            elapsed = Clock.MillisecondsSince(start);
        }).Completion.Wait();
        return new StormBurst(elapsed, inside.Stop(), outside.Stop(), watch.Stop());
    }

    public static StormBurst OnThreadPool(string kind, int count, TimeSpan length)
    {
        using Blocker blocker = Blocker.Create(kind, count, length);
        Bystanders outside =
            Bystanders.FromOutside(static body => ThreadPool.UnsafeQueueUserWorkItem(_ => body(), null), s_bystanderInterval);
        using PeakThreadsWatch watch = new();
        long start = Clock.Now;
        Countdown toBlock = new(count), left = new(count);
        for (int i = 0; i < count; i++)
        {
            int number = i;
            _ = Task.Run(() => Block(blocker, number, toBlock, left));
        }

        left.Done.Wait();
        return new StormBurst(Clock.MillisecondsSince(start), [], outside.Stop(), watch.Stop());
    }

    /// <summary>A thread for each; nobody stands by.</summary>
    public static StormBurst OnThreads(string kind, int count, TimeSpan length)
    {
        using Blocker blocker = Blocker.Create(kind, count, length);
        using PeakThreadsWatch watch = new();
        long start = Clock.Now;
        Countdown toBlock = new(count), left = new(count);
        for (int i = 0; i < count; i++)
        {
            int number = i;
            new Thread(() => Block(blocker, number, toBlock, left)) { IsBackground = true }.Start();
        }

        TimeSpan rest = length - TimeSpan.FromMilliseconds(Clock.MillisecondsSince(start));
        if (rest > TimeSpan.Zero)
            Thread.Sleep(rest);
        toBlock.Done.Wait();
        blocker.Release();
        left.Done.Wait();
        return new StormBurst(Clock.MillisecondsSince(start), [], [], watch.Stop());
    }

    // Nobody is released before all have begun to block, or the last of them would not block at all.
    private static void Block(Blocker blocker, int i, Countdown toBlock, Countdown left)
    {
        toBlock.Signal();
        blocker.Block(i);
        left.Signal();
    }
}
