using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Core;

/// <summary>
/// <see cref="Go.Blocking(Action)"/> gives up the run right, too: what is posted to the goroutine runs meanwhile, whatever the call waits
/// with, and the code of the call may use every operation.
/// </summary>
public sealed class DeclaredCallTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(1);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Blocking_ForAnOwnContinuationByAWaitNobodyTellsOf_Ends(int procs)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        await scheduler.StartMany(100, _ =>
        {
            Task<int> later = LaterAsync();
            Go.Blocking(() => SleepUntil(() => later.IsCompleted));
            Assert.Equal(1, later.Result);
            Task slept = LaterAsync();
            while (!slept.IsCompleted)
                Go.Sleep(s_short);
        }).Within();
    }

    [Fact]
    public async Task Blocking_ThreadJoin_Ends()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        await scheduler.StartMany(20, _ =>
        {
            Task<int> later = LaterAsync();
            var waiter = new Thread(() => later.Wait()) { IsBackground = true };
            waiter.Start();
            Go.Blocking(waiter.Join);
            Assert.True(later.IsCompleted);
        }).Within();
    }

    [Fact]
    public async Task Blocking_AContinuationRunsWhenTheCallEnds_TheBodyWaitsForIt()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartMany(100, i =>
        {
            int inside = 0;
            Task[] flows = [.. Enumerable.Range(0, 3).Select(_ => FlowAsync())];
            Goroutine? self = Go.Current;
            while (!flows.All(flow => flow.IsCompleted))
            {
                Go.Blocking(() => Thread.SpinWait(100 * i));
                Assert.Equal(0, inside);
                Assert.Same(self, Go.Current);
                Assert.Same(self, SynchronizationContext.Current);
            }

            async Task FlowAsync()
            {
                for (int round = 0; round < 20; round++)
                {
                    await Task.Yield();
                    Assert.Equal(1, ++inside);
                    Thread.SpinWait(500);
                    inside--;
                }
            }
        }).Within();
    }

    [Fact]
    public async Task Blocking_EveryOperationInside_Works()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartMany(50, _ =>
        {
            Goroutine? self = Go.Current;
            var values = new Chan<int>(1);
            var answers = new Chan<int>();
            Goroutine<int> partner = Go.Start(async () =>
            {
                int sum = 0;
                await foreach (int value in values)
                    sum += value;
                await answers.SendAsync(sum);
                return sum;
            });
            ValueTask begunBefore = values.SendAsync(1);
            int answer = Go.Blocking(() =>
            {
                Assert.Same(self, Go.Current);
                values.Send(2);
                values.SendAsync(3).AsTask().Wait();
                begunBefore.AsTask().Wait();
                Assert.True(SendLaterAsync().Wait(Limits.Hang));
                Go.Blocking(() => Go.Sleep(s_short));
                Assert.Same(scheduler, Go.Start(() => Go.Current!.Scheduler).Task.Result);
                Go.SleepAsync(s_short).AsTask().Wait();
                var select = new Select();
                select.Receive(answers);
                select.Timeout(s_short);
                select.WaitAsync().AsTask().Wait();
                var gate = new GoLock();
                using (gate.Lock())
                    Assert.False(gate.TryLock());
                using (gate.LockAsync().AsTask().Result)
                    Assert.False(gate.TryLock());
                var group = new WaitGroup();
                group.Go(() => { });
                group.Wait();
                values.Close();
                return answers.Receive();
            });
            Assert.Equal(1 + 2 + 3 + 4, answer);
            Assert.Equal(answer, partner.Task.Result);
            Assert.Same(self, Go.Current);

            async Task SendLaterAsync()
            {
                await Go.Yield();
                await Task.Delay(1);
                await Go.SleepAsync(s_short);
                Assert.Same(self, Go.Current);
                await values.SendAsync(4);
            }
        }).Within();
    }

    [Fact]
    public async Task Blocking_LocksTheThreadInside_TakesTheRunRightBack()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartMany(50, async _ =>
        {
            int inside = 0;
            Task flow = FlowAsync();
            Go.Blocking(() =>
            {
                using (Go.LockOSThread())
                {
                    Assert.Equal(0, inside);
                    Go.Blocking(() => Thread.Sleep(0));
                }

                Assert.Equal(0, inside);
                Go.Blocking(() => SleepUntil(() => flow.IsCompleted));
                Assert.Equal(0, inside);
            });
            await flow;

            async Task FlowAsync()
            {
                for (int round = 0; round < 5; round++)
                {
                    await Task.Yield();
                    inside++;
                    Thread.SpinWait(200);
                    inside--;
                }
            }
        }).Within();
    }

    [Fact]
    public async Task Blocking_ContinuationLocksTheThreadMeanwhile_IsRefused()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(() =>
        {
            Task refused = LockLaterAsync();
            Go.Blocking(() => SleepUntil(() => refused.IsCompleted));
            Assert.True(refused.IsCompletedSuccessfully);
        }).Within();

        static async Task LockLaterAsync()
        {
            await Task.Yield();
            Assert.Throws<InvalidOperationException>(() => Go.LockOSThread());
        }
    }

    [Fact]
    public async Task Blocking_ThrowsOrExits_LeavesTheGoroutineWhole()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            Task<int> later = LaterAsync();
            Assert.Throws<TimeoutException>(() => Go.Blocking(() => throw new TimeoutException()));
            Assert.Equal(1, await later);
        }).Within();
        bool finallyRan = false;
        await scheduler.Start(() =>
        {
            try
            {
                Go.Blocking(Go.Exit);
            }
            finally
            {
                finallyRan = Go.Current is not null;
            }
        }).Within();
        Assert.True(finallyRan);
    }

    [Fact]
    public async Task Blocking_InALockedGoroutine_NothingOfItRunsMeanwhile()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            using (Go.LockOSThread())
            {
                Task<int> later = LaterAsync();
                Go.Blocking(() => Thread.Sleep(20));
                Assert.False(later.IsCompleted);
                Assert.Equal(1, await later);
            }
        }).Within();
    }

    [Fact]
    public async Task Blocking_ManagedWaitInsideAndNoOtherThread_RunsItsOwnMail()
    {
        const int MaxThreads = 5;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 2, MaxThreads);
        await scheduler.StartMany(300, _ =>
        {
            Assert.Equal(3, Go.Blocking(() => DeeperAsync(3).Result));
            Assert.Equal(1, Go.Blocking(() => Go.Blocking(LaterAsync).Result));
        }).Within();

        static async Task<int> DeeperAsync(int depth)
        {
            await Task.Yield();
            return depth == 0 ? 0 : Go.Blocking(() => DeeperAsync(depth - 1).Result) + 1;
        }
    }

    [Fact]
    public async Task Blocking_IsShownAsBlocked()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        using var gate = new Gate();
        Goroutine<bool> blocked = scheduler.StartChecked(() => Go.Blocking(() => SleepUntil(() => gate.IsOpen)));
        await Limits.Until(() => scheduler.Statistics is { GoroutinesBlocked: 1, IdleProcessors: 1 }, "it blocks", scheduler);
        Assert.Equal(GoroutineStatus.Blocked, blocked.Status);
        GoroutineInfo info = Assert.Single(scheduler.GetGoroutines());
        Assert.Equal(blocked.Id, info.Id);
        Assert.Equal("blocking call", info.WaitReason);
        gate.Open();
        await blocked.Within();
    }

    private static async Task<int> LaterAsync()
    {
        await Task.Delay(1);
        await Task.Yield();
        return 1;
    }

    // The runtime tells nobody of these waits.
    private static void SleepUntil(Func<bool> condition)
    {
        while (!condition())
            Thread.Sleep(1);
    }
}
