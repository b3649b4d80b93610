using System.Runtime.CompilerServices;
using Weft.Tests.Support;
using Weft.Threads;

namespace Weft.Tests.Runtime.Running;

/// <summary>
/// Goroutines that block for continuations of their own while there is no thread to run those: they run them inside their waits, whether
/// there were threads when the wait began or not.
/// </summary>
public sealed class HostedWaitTests
{
    // The fewest there can be: the monitor and three.
    private const int FewestThreads = 4;
    private const int FewestMachines = FewestThreads - 1;

    [Theory]
    [InlineData(4, 1, 300)]
    [InlineData(8, 2, 1_000)]
    [InlineData(100, 2, 1_000)]
    [InlineData(8, 8, 1_000)]
    public async Task Result_NestedThreeDeepInMoreGoroutinesThanThreads_AllFinish(int maxThreads, int procs, int goroutines)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs, maxThreads);
        await scheduler.StartMany(goroutines, _ => Assert.Equal(3, DeeperAsync(3).Result)).Within();
        Assert.InRange(scheduler.Statistics.ThreadsCreated, 1, maxThreads);

        static async Task<int> DeeperAsync(int depth)
        {
            await Task.Yield();
            if (depth > 0)
                return DeeperAsync(depth - 1).Result + 1;
            await Task.Delay(1);
            return 0;
        }
    }

    [Fact]
    public async Task Result_TheSystemRefusesMoreThreads_AllFinish()
    {
        var platform = new FaultingPlatform(ThreadPlatform.Current);
        using var _ = TestScheduler.Create(out Scheduler scheduler, platform: platform);
        await scheduler.StartMany(4, _ => Thread.Sleep(20)).Within();
        Volatile.Write(ref platform.CreateRefusals, int.MaxValue);
        await scheduler.StartMany(200, _ => Assert.Equal(1, LaterAsync().Result)).Within();
        Volatile.Write(ref platform.CreateRefusals, 0);

        static async Task<int> LaterAsync()
        {
            await Task.Yield();
            await Task.Delay(1);
            return 1;
        }
    }

    [Fact]
    public async Task Result_WaitBeganWhileThereWereThreads_TheWaiterRunsItsContinuation()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1, maxThreads: FewestThreads);
        using var gate = new Gate();
        var mayGoOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Goroutine<bool> waiter = scheduler.StartChecked(() =>
        {
            int thread = Environment.CurrentManagedThreadId;
            Assert.Equal(thread, LaterAsync().Result);
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
        });
        await BlockedAsync(scheduler, 1);

        // The others take what threads there still are, one after the other, in waits that end when a test says so.
        for (int others = 1; others < FewestMachines; others++)
        {
            scheduler.Start(gate.Wait);
            await BlockedAsync(scheduler, 1 + others);
        }

        mayGoOn.SetResult();
        await waiter.Within();

        async Task<int> LaterAsync()
        {
            await mayGoOn.Task;
            return Environment.CurrentManagedThreadId;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Continuation_BlocksInsideTheWait_TheProcessorGoesOn(int procs)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs, maxThreads: FewestThreads);
        var outer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var inner = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int nested = 0;
        Goroutine<bool>[] all = scheduler.StartMany(FewestMachines, _ => OuterAsync().Wait());
        await Limits.Until(() => scheduler.Statistics.GoroutinesBlocked == FewestMachines, "all block", scheduler);

        // Each blocks twice on one thread, and its continuations run there.
        outer.SetResult();
        await Limits.Until(
            () => Volatile.Read(ref nested) == FewestMachines && scheduler.Statistics.IdleProcessors == procs,
            "all block twice",
            scheduler);
        inner.SetResult();
        await all.Within();

        async Task OuterAsync()
        {
            await outer.Task;
            Interlocked.Increment(ref nested);
            InnerAsync().Wait();
        }

        async Task InnerAsync()
        {
            await inner.Task;
            await Task.Yield();
        }
    }

    [Theory]
    [InlineData("all")]
    [InlineData("many")]
    [InlineData("timed")]
    public async Task WaitOne_OfAnotherForm_OwnMailRunsInside(string form)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1, maxThreads: FewestThreads);
        await scheduler.StartMany(FewestMachines, _ =>
        {
            ManualResetEvent[] handles = [.. Enumerable.Range(0, form == "many" ? 64 : 2).Select(_ => new ManualResetEvent(false))];
            Task setter = SetLaterAsync(handles);
            switch (form)
            {
                case "all":
                    Assert.True(WaitHandle.WaitAll(handles));
                    break;
                case "many":
                    Assert.InRange(WaitHandle.WaitAny(handles), 0, 63);
                    break;
                default:
                    Assert.True(handles[0].WaitOne(Limits.Hang));
                    Assert.False(new ManualResetEvent(false).WaitOne(20));
                    break;
            }

            setter.Wait();
        }).Within();

        static async Task SetLaterAsync(ManualResetEvent[] handles)
        {
            foreach (ManualResetEvent handle in handles)
            {
                await Task.Yield();
                handle.Set();
            }
        }
    }

    [Fact]
    public async Task Continuation_RunsInsideTheWait_IsOneLogicalThreadWithItsOwnValues()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 2, maxThreads: FewestThreads);
        var local = new AsyncLocal<int>();
        await scheduler.StartMany(30, i =>
        {
            local.Value = i;
            Goroutine? self = Go.Current;
            int inside = 0;
            for (int round = 0; round < 10; round++)
            {
                Task[] flows = [.. Enumerable.Range(0, 3).Select(flow => FlowAsync(100 + flow))];
                Task.WaitAll(flows);
                Assert.Equal(0, inside);
                Assert.Equal(i, local.Value);
                Assert.Same(self, SynchronizationContext.Current);
            }

            async Task FlowAsync(int value)
            {
                local.Value = value;
                await Task.Yield();
                Assert.Equal(1, ++inside);
                Assert.Equal(value, local.Value);
                Assert.Same(self, Go.Current);
                Assert.Throws<InvalidOperationException>(() => Go.LockOSThread());
                inside--;
            }
        }).Within();
    }

    [Fact]
    public async Task Wait_ManyFlowsBlockInsideEachOther_TheStackIsNotUsedUp()
    {
        if (!RuntimeFeature.IsDynamicCodeSupported && Environment.Version.Major < 11)
            Assert.Skip(
                "on NativeAOT before .NET 11 a Monitor.Wait inside another one of its thread takes its pulse: dotnet/runtime#123173");
        const int Flows = 3_000;
        var options =
            new SchedulerOptions { Name = TestScheduler.NextName(), MaxProcs = 1, MaxThreads = FewestThreads, StackSizeBytes = 512 * 1024 };
        using var _ = TestScheduler.Create(options, out Scheduler scheduler);
        var ends = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int blocking = 0;
        Goroutine<bool> goroutine = scheduler.StartChecked(() =>
        {
            Task all = Task.WhenAll(Enumerable.Range(0, Flows).Select(_ => FlowAsync()));
            all.Wait();
        });

        // They nest until the stack of each machine is nearly full; then nothing more of the goroutine runs.
        int seen = -1;
        await Limits.Until(
            () =>
            {
                int before = seen;
                seen = Volatile.Read(ref blocking);
                return seen > FewestMachines && seen == before && scheduler.Statistics.IdleProcessors == 1;
            },
            "nothing more runs",
            scheduler);
        ends.SetResult();
        await goroutine.Within();

        async Task FlowAsync()
        {
            await Task.Yield();
            Interlocked.Increment(ref blocking);
            ends.Task.Wait();
        }
    }

    [Fact]
    public async Task Wait_InterruptedAsMailIsGiven_KeepsBoth()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 2, maxThreads: FewestThreads);
        await scheduler.StartMany(FewestMachines, _ =>
        {
            for (int round = 0; round < 300; round++)
            {
                int ran = 0;
                Thread self = Thread.CurrentThread;
                Task later = LaterAsync();
                Task interrupt = Task.Run(self.Interrupt);
                try
                {
                    later.Wait();
                    Thread.Sleep(Timeout.Infinite);
                }
                catch (ThreadInterruptedException)
                {
                }

                interrupt.Wait();
                later.Wait();
                Assert.Equal(1, ran);

                async Task LaterAsync()
                {
                    await Task.Yield();
                    ran++;
                }
            }
        }).Within();
    }

    private static Task BlockedAsync(Scheduler scheduler, int goroutines) =>
        Limits.Until(() => scheduler.Statistics is { IdleProcessors: 1 } now && now.GoroutinesBlocked == goroutines,
            $"{goroutines} block", scheduler);
}
