using Weft.Runtime.Core;
using Weft.Tests.Support;
using Weft.Threads.Platforms;

namespace Weft.Tests.Runtime.Core;

/// <summary>A machine that is ahead (<see cref="Engine.GoAhead"/>): when it is, until when, and that it is nobody else's.</summary>
public sealed class AheadTests
{
    [Fact]
    public async Task GoAhead_Twice_HandsOnOnce()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        long before = scheduler.Statistics.HandOffsExplicit;
        await scheduler.StartChecked(() =>
        {
            GoAhead();
            GoAhead();
            AssertIsAhead();
        }).Within();
        Assert.Equal(before + 1, scheduler.Statistics.HandOffsExplicit);
    }

    [Fact]
    public async Task GoAhead_GoroutineEnds_NextOneOfTheMachineHasAProcessor()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        for (int i = 0; i < 50; i++)
        {
            await scheduler.StartChecked(() => GoAhead()).Within();
            await scheduler.StartChecked(AssertHasProcessor).Within();
        }
    }

    /// <summary>The code that waits was not expected to block, and what runs inside its wait is over when that returns.</summary>
    [Fact]
    public async Task GoAhead_InMailOfALockedGoroutine_IsOverWithTheMail()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(() =>
        {
            using (Go.LockOSThread())
            {
                Assert.Equal(1, LaterAsync().Result);
                Assert.False(Machine.Calling!.IsAhead);
                Go.Start(() => { }); // an operation that wants a processor
                AssertHasProcessor();
            }
        }).Within();

        static async Task<int> LaterAsync()
        {
            await Task.Yield();
            GoAhead();
            return 1;
        }
    }

    [Fact]
    public async Task GoAhead_Locked_WaitsAndGoesOnOnItsThread()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        await scheduler.StartChecked(async () =>
        {
            GoAhead();
            using (Go.LockOSThread())
            {
                int thread = Environment.CurrentManagedThreadId;
                GoAhead();
                Task.Delay(1).Wait();
                AssertIsAhead();
                Go.Blocking(() => Go.Blocking(() => { }));
                AssertIsAhead();
                await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
                await Go.Yield(); // the sleep may have been over before the goroutine was parked
                AssertHasProcessor();
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                GoAhead();
            }

            AssertIsAhead();
            await Go.Yield();
            AssertHasProcessor();
        }).Within();
    }

    [Theory]
    [InlineData(ThreadPinOptions.None)]
    [InlineData(ThreadPinOptions.KeepThread)]
    public async Task GoAhead_EndsLocked_OthersGoOn(ThreadPinOptions options)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        for (int i = 0; i < 20; i++)
        {
            await scheduler.StartChecked(() =>
            {
                GoAhead();
                Go.LockOSThread(options);
                Go.Start(() => { });
            }).Within();
            await scheduler.StartChecked(AssertHasProcessor).Within();
        }
    }

    /// <summary>No thread is left for the goroutine's continuations: the waits are given them.</summary>
    [Fact]
    public async Task GoAhead_TooFewThreads_WaitsAreGivenTheirMail()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 2, maxThreads: 5);
        await scheduler.StartMany(100, _ =>
        {
            GoAhead();
            Assert.Equal(4, DeepAsync(3).Result);
        }).Within();
        await scheduler.StartChecked(AssertHasProcessor).Within();

        static async Task<int> DeepAsync(int depth)
        {
            await Task.Yield();
            GoAhead();
            int inner = depth > 0 ? DeepAsync(depth - 1).Result : 0;
            await Go.SleepAsync(TimeSpan.FromMicroseconds(20));
            return inner + 1;
        }
    }

    [Fact]
    public async Task GoAhead_InDeclaredCallsInside_NeedsNoProcessorAfterwards()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        await scheduler.StartChecked(() =>
        {
            GoAhead();
            Go.Blocking(() => Task.Delay(1).Wait());
            AssertIsAhead();
            Go.Blocking(() =>
            {
                using (Go.LockOSThread())
                    Go.Sleep(TimeSpan.FromMicroseconds(10));
            });
            AssertIsAhead();
        }).Within();
    }

    [Fact]
    public async Task GoAhead_MaxProcsChange_AreAllThere()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 4);
        for (int i = 0; i < 50; i++)
        {
            int procs = (i % 4) + 1;
            await scheduler.StartMany(8, n =>
            {
                GoAhead();
                if (n == 3)
                    scheduler.MaxProcs = procs;
                Thread.Yield();
            }).Within();
        }

        scheduler.MaxProcs = 2;
        using var both = new Barrier(2);
        await scheduler.StartMany(2, _ => Assert.True(both.SignalAndWait(Limits.Hang))).Within();
    }

    [Fact]
    public void GoAhead_MainWaitsForOneThatIsAhead_IsNoDeadlock()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        scheduler.Run(async () =>
        {
            Goroutine<int> slow = Go.Start(() =>
            {
                GoAhead();
                Thread.Sleep(2_500); // longer than what everything has to be asleep for
                return 1;
            });
            Assert.Equal(1, await slow);
        });
    }

    [Fact]
    public void GoAhead_MainParksForEver_IsADeadlock()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        Assert.Throws<DeadlockException>(() => scheduler.Run(MainAsync));

        static async Task MainAsync()
        {
            GoAhead();
            await new Chan<int>().ReceiveAsync();
        }
    }

    [Fact]
    public void GoAhead_SingleThread_DoesNothing()
    {
        var options = new SchedulerOptions { Name = TestScheduler.NextName(), Platform = new SingleThreadPlatform() };
        using var scheduler = new Scheduler(options);
        scheduler.Run(() =>
        {
            GoAhead();
            AssertHasProcessor();
        });
    }

    private static void GoAhead() => Machine.Calling!.Engine.GoAhead(Machine.Calling);

    private static void AssertIsAhead() => Assert.True(Machine.Calling is { IsAhead: true, Processor: null });

    private static void AssertHasProcessor() => Assert.True(Machine.Calling is { IsAhead: false, Processor: not null });
}
