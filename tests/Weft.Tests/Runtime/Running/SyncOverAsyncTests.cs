using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Running;

/// <summary>
/// Blocking on a task whose continuation is posted to the goroutine that blocks: the deadlock of every other SynchronizationContext.
/// </summary>
public sealed class SyncOverAsyncTests
{
    private const int Goroutines = 2_000;

    // Each wait of a nested three has a thread of its own, unless they are all on a locked one:
    // so these take as many threads at once as the others.
    private const int Waits = 4;
    private const int AllAtOnce = Goroutines / Waits;

    [Theory]
    [InlineData(4, false)]
    [InlineData(4, true)]
    [InlineData(1, false)]
    [InlineData(1, true)]
    public async Task Result_TwoThousandGoroutinesAtOnce_AllFinish(int procs, bool locked)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        var gate = new TaskCompletionSource();
        Goroutine<bool>[] all = scheduler.StartMany(Goroutines, i =>
        {
            using ThreadPin hold = locked ? Go.LockOSThread() : default;
            Assert.Equal(i, LaterAsync(i).Result);
        });
        await OpenWhenAllBlockAsync(scheduler, gate, Goroutines);
        await all.Within();

        async Task<int> LaterAsync(int value)
        {
            await gate.Task;
            await Task.Yield();
            return value;
        }
    }

    [Theory]
    [InlineData(4, false, Goroutines)]
    [InlineData(4, true, Goroutines)]
    [InlineData(1, false, Goroutines)]
    [InlineData(1, true, Goroutines)]
    [InlineData(4, false, AllAtOnce)]
    [InlineData(4, true, AllAtOnce)]
    [InlineData(1, false, AllAtOnce)]
    [InlineData(1, true, AllAtOnce)]
    public async Task Result_NestedThreeDeep_AllFinish(int procs, bool locked, int goroutines)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        var gate = new TaskCompletionSource();
        int deepest = 0;
        if (goroutines != AllAtOnce)
            gate.SetResult();
        Goroutine<bool>[] all = scheduler.StartMany(goroutines, async _ =>
        {
            using ThreadPin hold = locked ? Go.LockOSThread() : default;
            await Task.Yield();
            Assert.Equal(3, DeeperAsync(3).Result);
        });
        if (goroutines == AllAtOnce)
        {
            await Limits.Until(() => Volatile.Read(ref deepest) == all.Length, "every goroutine is three deep", scheduler);
            await OpenWhenAllBlockAsync(scheduler, gate, locked ? all.Length : all.Length * Waits);
        }

        await all.Within();

        async Task<int> DeeperAsync(int depth)
        {
            await Task.Yield();
            if (depth > 0)
                return DeeperAsync(depth - 1).Result + 1;
            Interlocked.Increment(ref deepest);
            await gate.Task;
            return 0;
        }
    }

    /// <summary>Lets what all wait for go on once that number of threads block with frames of a goroutine.</summary>
    private static async Task OpenWhenAllBlockAsync(Scheduler scheduler, TaskCompletionSource gate, int threads)
    {
        await Limits.Until(() => scheduler.Statistics.GoroutinesBlocked == threads, "every goroutine blocks", scheduler);
        gate.SetResult();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wait_AfterAwaitsOfTheSameGoroutine_StaysOneLogicalThread(bool locked)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        await scheduler.StartMany(50, async _ =>
        {
            using ThreadPin hold = locked ? Go.LockOSThread() : default;
            Goroutine? self = Go.Current;
            int inside = 0;
            for (int i = 0; i < 10; i++)
            {
                await Task.Yield();
                CriticalAsync().GetAwaiter().GetResult();
                Assert.Equal(0, Volatile.Read(ref inside));
                Assert.Same(self, Go.Current);
            }

            async Task CriticalAsync()
            {
                await Task.Delay(1);
                Assert.Equal(1, Interlocked.Increment(ref inside));
                Assert.Same(self, Go.Current);
                Interlocked.Decrement(ref inside);
            }
        }).Within();
    }

    [Fact]
    public async Task Wait_OnWeftsOwnSleep_Finishes()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        await scheduler.StartMany(100, _ => SleepTwiceAsync().Wait()).Within();

        static async Task SleepTwiceAsync()
        {
            await Go.SleepAsync(TimeSpan.FromMilliseconds(2));
            await Go.Yield();
            await Go.SleepAsync(TimeSpan.FromMilliseconds(2));
        }
    }

    [Fact]
    public async Task Result_OfAGoroutineStartedHere_Finishes()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        int sum = await scheduler.Start(() => Sum(scheduler, 6)).Within();
        Assert.Equal(1 << 6, sum);

        static int Sum(Scheduler scheduler, int depth) => depth == 0
            ? 1
            : scheduler.Start(() => Sum(scheduler, depth - 1)).Task.Result + scheduler.Start(() => Sum(scheduler, depth - 1)).Task.Result;
    }
}
