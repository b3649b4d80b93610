using System.Threading.Tasks.Dataflow;
using Weft.Tests.Support;

namespace Weft.Tests.Schedulers;

public sealed class SchedulerTaskSchedulerTests
{
    [Fact]
    public async Task StartNew_OnTheTaskScheduler_RunsOnTheSchedulersThreads()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Task<bool>[] tasks = [.. Enumerable.Range(0, 100).Select(_ => Task.Factory.StartNew(
            () => TaskList.IsCurrentOf(scheduler) && TaskScheduler.Current == scheduler.TaskScheduler,
            CancellationToken.None,
            TaskCreationOptions.None,
            scheduler.TaskScheduler))];
        Assert.All(await Task.WhenAll(tasks).Within(scheduler), Assert.True);
    }

    [Fact]
    public async Task StartNew_ContinuationsAndChildren_StayOnTheScheduler()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var factory = new TaskFactory(scheduler.TaskScheduler);
        Task<bool> all = await factory.StartNew(async () =>
        {
            bool here = TaskList.IsCurrentOf(scheduler);
            await Task.Yield();
            here &= TaskList.IsCurrentOf(scheduler);
            here &= await factory.StartNew(() => TaskList.IsCurrentOf(scheduler));
            return here;
        }).Within(scheduler);
        Assert.True(await all.Within(scheduler));
    }

    [Fact]
    public async Task ParallelForEachAsync_OnTheTaskScheduler_VisitsEachItemOnItsThreads()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 4);
        int[] visits = new int[1_000];
        int strangers = 0;
        var options = new ParallelOptions { TaskScheduler = scheduler.TaskScheduler, MaxDegreeOfParallelism = 8 };
        await Parallel.ForEachAsync(Enumerable.Range(0, visits.Length), options, async (i, token) =>
        {
            if (!TaskList.IsCurrentOf(scheduler))
                Interlocked.Increment(ref strangers);
            if (i % 10 == 0)
                await Task.Delay(1, token);
            if (i % 10 == 5)
                Thread.Sleep(1);
            Interlocked.Increment(ref visits[i]);
        }).Within(scheduler);
        Assert.All(visits, count => Assert.Equal(1, count));
        Assert.Equal(0, strangers);
    }

    [Fact]
    public async Task ParallelFor_OnTheTaskSchedulerWithBlockingBodies_Ends()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        var options = new ParallelOptions { TaskScheduler = scheduler.TaskScheduler };
        int total = 0;
        await scheduler.StartChecked(() => Parallel.For(0, 200, options, _ =>
        {
            Thread.Sleep(1);
            Interlocked.Increment(ref total);
        })).Within();
        Assert.Equal(200, total);
    }

    [Fact]
    public async Task Wait_ForTasksOfTheSameTaskSchedulerOnOneProcessor_Ends()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        var factory = new TaskFactory(scheduler.TaskScheduler);
        int sum = await factory.StartNew(() => Sum(6)).Within(scheduler);
        Assert.Equal(1 << 6, sum);

        int Sum(int depth) => depth == 0
            ? 1
            : factory.StartNew(() => Sum(depth - 1)).Result + factory.StartNew(() => Sum(depth - 1)).Result;
    }

    [Fact]
    public async Task StartNew_TaskThrows_ExceptionStaysInTheTask()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Task task = new TaskFactory(scheduler.TaskScheduler).StartNew(() => throw new FormatException());
        await Assert.ThrowsAsync<FormatException>(() => task.Within(scheduler));
        Assert.Equal(1, await scheduler.Start(() => 1).Within());
    }

    [Fact]
    public async Task StartNew_LongRunning_RunsToo()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        using var release = new Gate();
        var factory = new TaskFactory(scheduler.TaskScheduler);
        Task longRunning = factory.StartNew(release.Wait, TaskCreationOptions.LongRunning);
        await factory.StartNew(release.Open).Within(scheduler);
        await longRunning.Within(scheduler);
    }

    [Fact]
    public async Task Dataflow_BlocksOnTheTaskScheduler_EveryItemPassesOnItsThreads()
    {
        const int Items = 500;
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var options =
            new ExecutionDataflowBlockOptions { TaskScheduler = scheduler.TaskScheduler, MaxDegreeOfParallelism = 8, BoundedCapacity = 16 };
        int sum = 0, elsewhere = 0;
        var square = new TransformBlock<int, int>(
            async i =>
            {
                await Task.Yield();
                if (!TaskList.IsCurrentOf(scheduler))
                    Interlocked.Increment(ref elsewhere);
                return i * 2;
            },
            options);
        var add = new ActionBlock<int>(i => Interlocked.Add(ref sum, i), options);
        square.LinkTo(add, new DataflowLinkOptions { PropagateCompletion = true });
        for (int i = 0; i < Items; i++)
            Assert.True(await square.SendAsync(i));
        square.Complete();
        await add.Completion.Within(scheduler);
        Assert.Equal(Items * (Items - 1), sum);
        Assert.Equal(0, elsewhere);
    }

    [Fact]
    public async Task ConcurrentExclusiveSchedulerPair_OnTop_ExcludesWriters()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 4);
        var pair = new ConcurrentExclusiveSchedulerPair(scheduler.TaskScheduler);
        var writers = new TaskFactory(pair.ExclusiveScheduler);
        int total = 0;
        await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => writers.StartNew(() => total++))).Within(scheduler);
        Assert.Equal(500, total);
    }

    [Fact]
    public async Task ExclusiveScheduler_OnTopWithAwaitsInside_KeepsItsExclusion()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 4);
        TaskScheduler exclusive = new ConcurrentExclusiveSchedulerPair(scheduler.TaskScheduler).ExclusiveScheduler;
        var writers = new TaskFactory(exclusive);
        int total = 0, left = 0;
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => writers.StartNew(async () =>
        {
            for (int round = 0; round < 20; round++)
            {
                if (i % 3 == 0)
                    await Task.Yield();
                else if (i % 3 == 1)
                    await Go.Yield();
                else
                    await Task.Delay(1);
                if (TaskScheduler.Current != exclusive || !TaskList.IsCurrentOf(scheduler))
                    Interlocked.Increment(ref left);
                int seen = total;
                Thread.SpinWait(100);
                total = seen + 1;
            }
        }).Unwrap())).Within(scheduler);
        Assert.Equal(0, left);
        Assert.Equal(2_000, total);
    }

    [Fact]
    public async Task StartNew_ATaskThatAwaits_ComesBackToTheTaskScheduler()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Task<bool> inside = new TaskFactory(scheduler.TaskScheduler).StartNew(async () =>
        {
            bool here = true;
            for (int round = 0; round < 10; round++)
            {
                await Task.Delay(1);
                here &= TaskScheduler.Current == scheduler.TaskScheduler
                    && SynchronizationContext.Current is null && Go.Current?.Scheduler == scheduler;
            }

            return here;
        }).Unwrap();
        Assert.True(await inside.Within(scheduler));
    }

    [Fact]
    public async Task StartNew_InlinedInAGoroutine_AwaitsAsATaskAndLeavesTheGoroutineItsContext()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            Goroutine self = Go.Current!;
            var inside = new Task<Task<bool>>(async () =>
            {
                Assert.Same(self, Go.Current);
                Assert.Null(SynchronizationContext.Current);
                await Go.Yield();
                return TaskScheduler.Current == scheduler.TaskScheduler && Go.Current != self;
            });
            inside.RunSynchronously(scheduler.TaskScheduler);
            Assert.Same(self, SynchronizationContext.Current);
            Assert.True(await inside.Unwrap());
            Assert.Same(self, Go.Current);
        }).Within();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Result_OfAMethodThatAwaitsInsideATask_DoesNotDeadlock(int procs)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        var factory = new TaskFactory(scheduler.TaskScheduler);
        Task<int>[] all = [.. Enumerable.Range(0, 100).Select(_ => factory.StartNew(() => DeepAsync(3).Result))];
        Assert.All(await Task.WhenAll(all).Within(scheduler), depth => Assert.Equal(3, depth));

        static async Task<int> DeepAsync(int depth)
        {
            await Task.Delay(1);
            return depth == 0 ? 0 : 1 + DeepAsync(depth - 1).Result;
        }
    }

    [Fact]
    public async Task BlockingOperations_InsideATask_GiveTheProcessorUpAtOnce()
    {
        // On one processor that the monitor takes away from nobody:
        // it looks at a thread that sleeps only while work waits, and tells whom it took.
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        var factory = new TaskFactory(scheduler.TaskScheduler);
        var channel = new Chan<int>();
        long before = scheduler.Statistics.HandOffsExplicit;
        Task<int> receiving = factory.StartNew(() => channel.Receive());
        await factory.StartNew(() => channel.Send(7)).Within(scheduler);
        Assert.Equal(7, await receiving.Within(scheduler));
        Assert.True(scheduler.Statistics.HandOffsExplicit > before);
    }

    [Fact]
    public async Task BlockingOperations_InAGoroutineUnderAnotherContext_LetItsContinuationsRun()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        await scheduler.StartChecked(() =>
        {
            var channel = new Chan<int>();
            Task sending = SendAsync();
            SynchronizationContext? own = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(null);
            Assert.Equal(1, channel.Receive());
            SynchronizationContext.SetSynchronizationContext(own);
            sending.Wait();

            async Task SendAsync()
            {
                await Task.Delay(1);
                channel.Send(1);
            }
        }).Within();
    }

    [Fact]
    public async Task ChannelOperations_InTasks_PassAll()
    {
        const int Count = 5_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var factory = new TaskFactory(scheduler.TaskScheduler);
        var channel = new Chan<int>(4);
        var other = new Chan<int>();
        Task sending = factory.StartNew(async () =>
        {
            for (int i = 0; i < Count; i++)
                await channel.SendAsync(i);
            channel.Close();
        }).Unwrap();
        Task<long> receiving = factory.StartNew(async () =>
        {
            long sum = 0;
            var select = new Select();
            ReceiveCase<int> first = select.Receive(channel);
            select.Receive(other);
            while (await select.WaitAsync() == first && first.HasValue)
                sum += first.Value;
            return sum;
        }).Unwrap();
        Assert.Equal((long)Count * (Count - 1) / 2, await receiving.Within(scheduler));
        await sending.Within(scheduler);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Parallel_WithADegreeAboveTheProcessors_IsNotCut(bool blocks)
    {
        const int Degree = 8;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        using var all = new CountdownEvent(Degree);
        var options = new ParallelOptions { TaskScheduler = scheduler.TaskScheduler, MaxDegreeOfParallelism = Degree };
        if (blocks)
        {
            await Task.Run(() => Parallel.For(0, Degree, options, _ =>
            {
                all.Signal();
                Assert.True(all.Wait(Limits.Hang));
            })).Within(scheduler);
        }
        else
        {
            await Parallel.ForEachAsync(Enumerable.Range(0, Degree), options, async (_, token) =>
            {
                all.Signal();
                while (!all.IsSet)
                    await Task.Delay(1, token);
            }).Within(scheduler);
        }
    }

    [Fact]
    public async Task Dispose_WhileATaskWaitsForAnother_LetsBothEnd()
    {
        for (int round = 0; round < 20; round++)
        {
            using var test = TestScheduler.Create(out Scheduler scheduler, procs: 1);
            var factory = new TaskFactory(scheduler.TaskScheduler);
            using var entered = new Gate();
            using var queued = new Gate();
            Task<int> outer = factory.StartNew(() =>
            {
                Task<int> inner =
                    factory.StartNew(() => 20, CancellationToken.None, TaskCreationOptions.PreferFairness, scheduler.TaskScheduler);
                entered.Open();
                queued.Wait();
                return inner.ContinueWith(t => t.Result + 1, scheduler.TaskScheduler).Result + LaterAsync().Result;
            });
            entered.Wait();
            Task disposing = scheduler.DisposeAsync().AsTask();
            await Limits.Until(() => IsDisposing(scheduler), "disposal has begun", scheduler);
            queued.Open();
            Assert.Equal(22, await outer.Within(scheduler));
            await disposing.Within(scheduler);
        }

        static async Task<int> LaterAsync()
        {
            await Task.Delay(1);
            return 1;
        }
    }

    [Fact]
    public async Task Dispose_WhileATaskAwaits_ThePoolRunsTheRest()
    {
        using var test = TestScheduler.Create(out Scheduler scheduler);
        var gate = new TaskCompletionSource();
        var waits = new TaskCompletionSource();
        Task<bool> task = new TaskFactory(scheduler.TaskScheduler).StartNew(async () =>
        {
            waits.SetResult();
            await gate.Task;
            return TaskScheduler.Current == scheduler.TaskScheduler && Thread.CurrentThread.IsThreadPoolThread;
        }).Unwrap();
        await waits.Task;
        test.Dispose();
        gate.SetResult();
        Assert.True(await task.WaitAsync(Limits.Hang));
    }

    [Fact]
    public async Task LockOSThreadAsync_FreshInsideATask_IsRefused()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await new TaskFactory(scheduler.TaskScheduler).StartNew(async () =>
        {
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await Go.LockOSThreadAsync(ThreadPinOptions.Fresh));
        }).Unwrap().Within(scheduler);
    }

    private static bool IsDisposing(Scheduler scheduler)
    {
        try
        {
            scheduler.Start(() => { });
            return false;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }
}
