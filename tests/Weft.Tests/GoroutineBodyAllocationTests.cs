using Weft.Tests.Support;

namespace Weft.Tests;

/// <summary>A body that waits by an awaiter of Weft allocates nothing for it, once the code is compiled for speed.</summary>
public sealed class GoroutineBodyAllocationTests
{
    private const int Waits = Allocations.Operations / 10;

    // The background compiler begins when 100 ms have brought nothing new, and may take longer on a busy system.
    private const int Attempts = 50;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(150);

    public static TheoryData<string> Kinds { get; } = ["channel", "select", "yield", "sleep", "lock"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Await_InTheSteadyState_AllocatesNothing(string kind)
    {
#if DEBUG
        Assert.Skip("Only the optimising compiler spares the box of an awaiter.");
#endif
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        long least = await scheduler.Start(Measure(kind)).Within();
        Assert.True(least <= Allocations.Allowance, $"{least} bytes for {Waits} waits of the kind {kind}.");
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
        for (int attempt = 0; attempt < Attempts && least > Allocations.Allowance; attempt++)
        {
            await Task.Delay(s_pause);
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
                        await Go.SleepAsync(TimeSpan.FromTicks(1));
                        break;
                    default:
                        using (await @lock.LockAsync())
                            await Go.Yield(); // the other one asks for it
                        break;
                }
            }

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
