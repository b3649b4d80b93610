using Weft.Tests.Support;
using Weft.Threads;
using Weft.Threads.Platforms;

namespace Weft.Tests.Runtime.Core;

/// <summary>
/// A scheduler on a platform that creates no threads: everything happens on the thread that is in Run, and nothing else is promised.
/// </summary>
public sealed class SingleThreadTests
{
    [Fact]
    public void Run_ManyGoroutines_AllRunOnTheCallingThread()
    {
        using Scheduler scheduler = Make();
        var threads = new HashSet<int>();
        int ended = scheduler.Run(async () =>
        {
            Goroutine<int>[] all =
            [
                .. Enumerable.Range(0, 2_000).Select(_ => Go.Start(async () =>
                {
                    threads.Add(Environment.CurrentManagedThreadId);
                    await Go.Yield();
                    threads.Add(Environment.CurrentManagedThreadId);
                    return 1;
                })),
            ];
            int sum = 0;
            foreach (Goroutine<int> goroutine in all)
                sum += await goroutine;
            return sum;
        });
        Assert.Equal(2_000, ended);
        Assert.Equal(Environment.CurrentManagedThreadId, Assert.Single(threads));
        Assert.Equal(0, scheduler.Statistics.ThreadsCreated);
        Assert.Empty(TaskList.Of(scheduler));
    }

    [Fact]
    public void Run_WithOtherValuesThanBefore_ShowsThemToNobodyFromBefore()
    {
        using Scheduler scheduler = Make();
        var local = new AsyncLocal<int>();
        var channel = new Chan<int>();
        int seen = -1;
        scheduler.Run(async () =>
        {
            using (ExecutionContext.SuppressFlow())
            {
                Go.Start(async () =>
                {
                    await channel.ReceiveAsync();
                    seen = local.Value;
                });
            }

            await Go.Yield();
        });
        local.Value = 5;
        Assert.True(channel.TrySend(1)); // the first to run
        scheduler.Run(async () =>
        {
            Assert.Equal(5, local.Value);
            await Go.Yield();
        });
        Assert.Equal(0, seen);
        Assert.Equal(5, local.Value);
    }

    [Fact]
    public void Run_ChannelsAndTimers_Work()
    {
        using Scheduler scheduler = Make();
        List<int> received = scheduler.Run(async () =>
        {
            var numbers = new Chan<int>();
            _ = Go.Start(async () =>
            {
                for (int i = 0; i < 20; i++)
                {
                    if (i % 5 == 0)
                        await Go.SleepAsync(TimeSpan.FromMilliseconds(3));
                    await numbers.SendAsync(i);
                }

                numbers.Close();
            });
            var all = new List<int>();
            await foreach (int number in numbers)
                all.Add(number);
            return all;
        });
        Assert.Equal(Enumerable.Range(0, 20), received);
    }

    [Fact]
    public void Run_TimersOfSeveralGoroutines_FireInOrder()
    {
        using Scheduler scheduler = Make();
        var woken = new List<int>();
        scheduler.Run(async () =>
        {
            Goroutine[] sleepers =
            [
                .. ((List<int>)[60, 5, 30]).Select(milliseconds => Go.Start(async () =>
                {
                    await Go.SleepAsync(TimeSpan.FromMilliseconds(milliseconds));
                    woken.Add(milliseconds);
                })),
            ];
            foreach (Goroutine sleeper in sleepers)
                await sleeper.Completion;
        });
        Assert.Equal([5, 30, 60], woken);
    }

    [Fact]
    public void Start_BeforeRun_RunsInRun()
    {
        using Scheduler scheduler = Make();
        bool ran = false;
        Goroutine<bool> early = scheduler.StartChecked(() => ran = true);
        Assert.False(ran);
        scheduler.Run(async () => await early);
        Assert.True(ran);
    }

    [Fact]
    public void Run_MainEnds_OthersGoOnInTheNextRun()
    {
        using Scheduler scheduler = Make();
        int rounds = 0;
        scheduler.Run(() =>
        {
            _ = Go.Start(async () =>
            {
                while (true)
                {
                    rounds++;
                    await Go.Yield();
                }
            });
        });
        int before = rounds;
        scheduler.Run(async () =>
        {
            for (int i = 0; i < 10; i++)
                await Go.Yield();
        });
        Assert.True(rounds > before, $"{rounds} after {before}");
    }

    [Fact]
    public void Run_MainThrows_ThrowsHere()
    {
        using Scheduler scheduler = Make();
        Assert.Throws<TimeZoneNotFoundException>(() => scheduler.Run(async () =>
        {
            await Go.Yield();
            throw new TimeZoneNotFoundException();
        }));
        Assert.Equal(3, scheduler.Run(() => 3));
    }

    [Fact]
    public void Run_InsideAGoroutine_RunsTheOthersMeanwhile()
    {
        using Scheduler scheduler = Make();
        int sum = scheduler.Run(() =>
        {
            Goroutine<int> other = Go.Start(() => 20);
            return scheduler.Run(async () => 22 + await other);
        });
        Assert.Equal(42, sum);
    }

    [Fact]
    public void Run_NothingCanRun_ThrowsDeadlockExceptionAndNamesTheGoroutine()
    {
        using Scheduler scheduler = Make();
        var exception = Assert.Throws<DeadlockException>(() => scheduler.Run(async () => await new Chan<int>().ReceiveAsync()));
        Assert.Contains("all goroutines are asleep", exception.Message, StringComparison.Ordinal);
        Assert.Single(exception.Goroutines);
    }

    [Fact]
    public void Run_AwaitingWhatAnotherThreadWouldHaveToDo_ThrowsDeadlockException()
    {
        using Scheduler scheduler = Make();
        var never = new TaskCompletionSource();
        Assert.Throws<DeadlockException>(() => scheduler.Run(() => never.Task));
    }

    [Fact]
    public void Run_MainExits_TheOthersEndAndThenItIsADeadlock()
    {
        using Scheduler scheduler = Make();
        bool other = false;
        var exception = Assert.Throws<DeadlockException>(() => scheduler.Run(() =>
        {
            _ = Go.Start(() => other = true);
            Go.Exit();
        }));
        Assert.True(other);
        Assert.Contains("no goroutines", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LockOSThread_Throws()
    {
        using Scheduler scheduler = Make();
        var exception = Assert.Throws<PlatformNotSupportedException>(() => scheduler.Run(() =>
        {
            using (Go.LockOSThread())
            {
            }
        }));
        Assert.Contains("one thread", exception.Message, StringComparison.Ordinal);
        Assert.Throws<PlatformNotSupportedException>(() => scheduler.Run(async () => await Go.LockOSThreadAsync(ThreadPinOptions.Fresh)));

        // Nothing of the attempt is left.
        Assert.Equal(5, scheduler.Run(() => 5));
    }

    [Fact]
    public void OSThreadStart_Throws()
    {
        var host = new ThreadHost(new SingleThreadPlatform(), OSThreadOptions.DefaultStackSizeBytes);
        Assert.Throws<PlatformNotSupportedException>(() => OSThread.Start(host, () => { }, null, OSThreadOptions.DefaultStackSizeBytes));
        Assert.Equal(0, host.Created);
        host.Close();
    }

    [Fact]
    public void MaxProcs_IsOneWhateverIsAsked()
    {
        using Scheduler scheduler = Make(procs: 4);
        Assert.Equal(1, scheduler.MaxProcs);
        scheduler.MaxProcs = 8;
        Assert.Equal(1, scheduler.MaxProcs);
    }

    [Fact]
    public void Run_OnASecondThreadMeanwhile_IsRefused()
    {
        using Scheduler scheduler = Make();
        Exception? second = null;
        scheduler.Run(() =>
        {
            var other = new Thread(() => second = Record.Exception(() => scheduler.Run(() => { })));
            using (ExecutionContext.SuppressFlow())
                other.UnsafeStart();

            // A plain wait, which the goroutine's context does not turn into a hand-off.
            while (other.IsAlive)
                Thread.Sleep(1);
        });
        Assert.IsType<InvalidOperationException>(second);
    }

    [Fact]
    public void Run_RestoresTheSynchronizationContext()
    {
        using Scheduler scheduler = Make();
        var context = new SynchronizationContext();
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(context);
        try
        {
            scheduler.Run(async () => await Go.Yield());
            Assert.Same(context, SynchronizationContext.Current);
            Assert.Null(Go.Current);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    [Fact]
    public void Dispose_WithGoroutinesLeft_AbandonsThem()
    {
        Scheduler scheduler = Make();
        Goroutine<bool> never = scheduler.StartChecked(() => { });
        scheduler.Dispose();
        Assert.True(never.Task.IsFaulted);
        Assert.IsType<ObjectDisposedException>(never.Task.Exception!.InnerException);
        Assert.Throws<ObjectDisposedException>(() => scheduler.Run(() => { }));
    }

    private static Scheduler Make(int procs = 1) =>
        new(new SchedulerOptions { Name = TestScheduler.NextName(), MaxProcs = procs, Platform = new SingleThreadPlatform() });
}
