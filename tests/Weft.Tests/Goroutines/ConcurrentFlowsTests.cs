using Weft.Tests.Support;

namespace Weft.Tests.Goroutines;

/// <summary>Schedulers with <see cref="SchedulerOptions.ConcurrentFlows"/>.</summary>
public sealed class ConcurrentFlowsTests
{
    private const int Flows = 10;

    private static readonly AsyncLocal<string?> s_local = new();

    public static TheoryData<string> Waits =>
        ["Task.Yield", "Task.Delay", "Go.Yield", "Go.SleepAsync", "channel", "select", "goroutine", "lock"];

    [Theory]
    [MemberData(nameof(Waits))]
    public async Task WhenAll_FlowsThatBlockAfterAnAwait_RunSideBySide(string wait)
    {
        using var _ = Create(out Scheduler scheduler);
        using var all = new Barrier(Flows);
        int met = await scheduler.Start(async () =>
        {
            // What a flow waits for may have come as it begins to wait. Then the flow blocks the goroutine that has started it.
            var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var channel = new Chan<int>();
            Task[] flows = [.. Enumerable.Range(0, Flows).Select(async _ =>
            {
                await begin.Task;
                await WaitAsync(wait, channel);
                Meet(all);
            })];
            begin.SetResult();
            for (int i = 0; i < Flows && wait is "channel" or "select"; i++)
                await channel.SendAsync(i);
            await Task.WhenAll(flows);
            return flows.Length;
        }).Within();
        Assert.Equal(Flows, met);
    }

    [Fact]
    public async Task WhenAll_WithoutTheOption_RunsOneFlowAtATime()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        int inside = 0, most = 0;
        await scheduler.RunAsync(() => Task.WhenAll(Enumerable.Range(0, Flows).Select(async _ =>
        {
            await Task.Yield();
            most = Math.Max(most, Interlocked.Increment(ref inside));
            Thread.SpinWait(1_000);
            Interlocked.Decrement(ref inside);
        }))).Task.Within(scheduler);
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task AsyncLocal_OfEachFlow_IsItsOwnAfterEveryAwait()
    {
        using var _ = Create(out Scheduler scheduler);
        string?[] seen = await scheduler.Start(async () =>
        {
            s_local.Value = "root";
            string?[] values = await Task.WhenAll(Enumerable.Range(0, Flows).Select(async i =>
            {
                string? inherited = s_local.Value;
                s_local.Value = $"flow {i}";
                await Task.Yield();
                await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
                return $"{inherited}, {s_local.Value}";
            }));
            return values.Append(s_local.Value).ToArray();
        }).Within();
        Assert.Equal([.. Enumerable.Range(0, Flows).Select(i => $"root, flow {i}"), "root"], seen);
    }

    [Fact]
    public async Task Post_OfACallback_HasTheAsyncLocalValuesOfItsSender()
    {
        using var _ = Create(out Scheduler scheduler);
        string? seen = await scheduler.Start(async () =>
        {
            var told = new TaskCompletionSource<string?>();
            s_local.Value = "sender";
            SynchronizationContext.Current!.Post(_ => told.SetResult(s_local.Value), null);
            return await told.Task;
        }).Within();
        Assert.Equal("sender", seen);
    }

    [Fact]
    public async Task Context_OfAFlow_IsItsRootsAndNobodyElses()
    {
        using var _ = Create(out Scheduler scheduler);
        async Task<SynchronizationContext?[]> Contexts()
        {
            SynchronizationContext? first = SynchronizationContext.Current;
            await Task.Yield();
            SynchronizationContext? second = SynchronizationContext.Current;
            await Go.Yield();
            return [first, second, SynchronizationContext.Current];
        }

        SynchronizationContext?[] one = await scheduler.Start(Contexts).Within();
        SynchronizationContext?[] other = await scheduler.Start(Contexts).Within();
        Assert.NotNull(Assert.Single(one.Distinct()));
        Assert.NotSame(one[0], Assert.Single(other.Distinct()));
    }

    [Fact]
    public async Task Current_AfterAnAwait_IsAGoroutineWithTheLabelsOfTheRoot()
    {
        using var _ = Create(out Scheduler scheduler);
        var seen = await scheduler.Start(async () =>
        {
            Goroutine root = Go.Current!;
            root.Name = "request";
            root.SetLabel("route", "/x");
            await Task.Yield();
            Goroutine flow = Go.Current!;
            flow.SetLabel("user", "7");
            string child = await Go.Start(() => Text(Go.Current!));
            return (IsOther: flow != root, flow.Scheduler, flow.Name, Flow: Text(flow), Root: Text(root), Child: child);
        }).Within();
        Assert.True(seen.IsOther);
        Assert.Same(scheduler, seen.Scheduler);
        Assert.Equal(("request", "route=/x user=7", "route=/x user=7", "route=/x user=7"), (seen.Name, seen.Flow, seen.Root, seen.Child));

        static string Text(Goroutine goroutine) => string.Join(' ', goroutine.Labels.Select(static label => $"{label.Key}={label.Value}"));
    }

    [Fact]
    public async Task Await_ThroughManyMethods_CostsOneGoroutineForTheOneThatWaits()
    {
        using var _ = Create(out Scheduler scheduler);
        long before = scheduler.Statistics.GoroutinesStarted;
        await scheduler.RunAsync(() => Nested(20)).Task.Within(scheduler);
        Assert.Equal(2, scheduler.Statistics.GoroutinesStarted - before);

        static async Task Nested(int depth)
        {
            if (depth == 0)
                await Task.Yield();
            else
                await Nested(depth - 1);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Body_ThatThrowsAfterAnAwait_FailsWhereItIsAwaited(bool asTask)
    {
        using var _ = Create(out Scheduler scheduler);
        Task<int> failing = asTask ? scheduler.Start(ThrowAsync).Task : scheduler.Start(async () =>
        {
            await Task.Yield();
            return Throw();
        }).Task;
        await Assert.ThrowsAsync<FormatException>(() => failing.Within(scheduler));

        static int Throw() => throw new FormatException();

        static async Task<int> ThrowAsync()
        {
            await Task.Yield();
            return Throw();
        }
    }

    [Fact]
    public async Task AsyncVoid_ThatThrows_IsUnhandled()
    {
        using var _ = Create(out Scheduler scheduler, exceptions: UnhandledExceptionPolicy.Report);
        var told = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        scheduler.UnhandledException += (_, e) => told.TrySetResult(e.Exception);
        await scheduler.Start(() => ThrowLater()).Within();
        Assert.IsType<FormatException>(await told.Task.Within(scheduler));

        static async void ThrowLater()
        {
            await Task.Yield();
            throw new FormatException();
        }
    }

    [Fact]
    public async Task Result_OfAFlowOfItsOwnOnOneProcessor_Comes()
    {
        using var _ = Create(out Scheduler scheduler, procs: 1);
        int sum = await scheduler.Start(() => Enumerable.Range(0, Flows).Sum(static i => LaterAsync(i).Result)).Within();
        Assert.Equal(45, sum);

        static async Task<int> LaterAsync(int value)
        {
            await Task.Delay(1);
            await Go.Yield();
            return value;
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public async Task Result_OfFlowsWithFewThreads_ComesToAll(int maxThreads)
    {
        const int Goroutines = 500;
        using var _ = Create(out Scheduler scheduler, maxThreads: maxThreads);
        Goroutine<int>[] all = [.. Enumerable.Range(0, Goroutines).Select(_ => scheduler.Start(static () => Outer().Result))];
        Assert.All(await all.Within(), static sum => Assert.Equal(3, sum));

        static async Task<int> Outer()
        {
            await Task.Yield();
            return 1 + Middle().Result;
        }

        static async Task<int> Middle()
        {
            await Task.Delay(1);
            return 1 + Inner().Result;
        }

        static async Task<int> Inner()
        {
            await Go.Yield();
            return 1;
        }
    }

    [Fact]
    public async Task Flow_ThatRunsAsMailOfAnother_HasItsContextAndValues()
    {
        using var _ = Create(out Scheduler scheduler, procs: 1, maxThreads: 4);
        Goroutine<bool>[] all = [.. Enumerable.Range(0, 20).Select(_ => scheduler.Start(() =>
        {
            var context = SynchronizationContext.Current;
            s_local.Value = "mine";
            return Later().Result;

            async Task<bool> Later()
            {
                await Task.Delay(1);
                bool first = SynchronizationContext.Current == context && s_local.Value == "mine";
                await Task.Yield();
                return first && SynchronizationContext.Current == context && s_local.Value == "mine";
            }
        }))];
        Assert.All(await all.Within(), Assert.True);
        Assert.Equal(scheduler.Statistics.GoroutinesStarted, scheduler.Statistics.GoroutinesEnded);
    }

    [Fact]
    public async Task ManagedWait_OfAFlowOnOneProcessor_LetsOthersRun()
    {
        using var _ = Create(out Scheduler scheduler, procs: 1);
        using var first = new ManualResetEvent(false);
        var second = new object();
        await scheduler.RunAsync(async () =>
        {
            Task waiting = Task.WhenAll(Enumerable.Range(0, Flows).Select(async _ =>
            {
                await Task.Yield();
                first.WaitOne();
                lock (second)
                    Thread.Yield();
            }));
            await Task.Yield();
            first.Set();
            await waiting;
        }).Task.Within(scheduler);
    }

    [Fact]
    public async Task Exit_InAFlowOfTheBody_EndsTheGoroutine()
    {
        using var _ = Create(out Scheduler scheduler);
        bool goesOn = false;
        await scheduler.Start(async () =>
        {
            await Task.Yield();
            Go.Exit();
            goesOn = true;
        }).Within();
        Assert.False(goesOn);
    }

    [Fact]
    public void Run_OfAMainWhoseFlowNobodyCanWake_Throws()
    {
        using var _ = Create(out Scheduler scheduler);
        Assert.Throws<DeadlockException>(() => scheduler.Run(static async () =>
        {
            await Task.Yield();
            await new Chan<int>().ReceiveAsync();
        }));
    }

    [Fact]
    public async Task LockOSThreadAsync_Fresh_IsRefusedWithTheReason()
    {
        using var _ = Create(out Scheduler scheduler);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => scheduler.Start(
            async () =>
            {
                using (await Go.LockOSThreadAsync(ThreadPinOptions.Fresh))
                    return 0;
            }).Within());
        Assert.Contains("concurrent flows", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Group_OfChildrenWithFlows_WaitsForAll()
    {
        using var _ = Create(out Scheduler scheduler);
        int done = 0;
        await scheduler.RunAsync(async () =>
        {
            await using var group = new GoroutineGroup();
            for (int i = 0; i < Flows; i++)
            {
                group.Start(async () =>
                {
                    await Task.WhenAll(Task.Delay(1), Task.Run(static () => { }));
                    Interlocked.Increment(ref done);
                });
            }

            await group.WaitAsync();
        }).Task.Within(scheduler);
        Assert.Equal(Flows, done);
    }

    [Fact]
    public async Task TaskScheduler_OfASchedulerWithFlows_HasNoContext()
    {
        using var _ = Create(out Scheduler scheduler);
        Task<Task<bool>> outer = Task.Factory.StartNew(
            async () =>
            {
                bool none = SynchronizationContext.Current is null;
                await Task.Yield();
                return none && SynchronizationContext.Current is null && TaskList.IsCurrentOf(scheduler);
            },
            CancellationToken.None,
            TaskCreationOptions.None,
            scheduler.TaskScheduler);
        Assert.True(await (await outer.Within(scheduler)).Within(scheduler));
    }

    [Fact]
    public async Task Dispose_WhileAFlowWaits_LetsItEndOnThePool()
    {
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource<(bool IsOnPool, string? Local)>();
        Goroutine<int> goroutine;
        Scheduler scheduler;
        using (Create(out scheduler))
        {
            var begun = new TaskCompletionSource();
            goroutine = scheduler.Start(async () =>
            {
                s_local.Value = "kept";
                begun.SetResult();
                await waits.Task;
                ended.SetResult((Thread.CurrentThread.IsThreadPoolThread && Go.Current is null, s_local.Value));
                return 1;
            });
            await begun.Task.Within(scheduler);
        }

        await Assert.ThrowsAsync<ObjectDisposedException>(() => goroutine.Task);
        waits.SetResult();
        Assert.Equal((true, "kept"), await ended.Task.Within(scheduler));
    }

    [Fact]
    public async Task Dispose_WhileAGoroutineBlocksForAFlowOfItsOwn_WaitsForBoth()
    {
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Goroutine<int> goroutine;
        using (Create(out Scheduler scheduler, procs: 1))
        {
            goroutine = scheduler.Start(() => LaterAsync().Result);
            await Limits.Until(() => goroutine.Status == GoroutineStatus.Blocked, "the goroutine blocks", scheduler);
            Task disposing = scheduler.DisposeAsync().AsTask();
            Assert.False(disposing.IsCompleted);
            waits.SetResult();
            await disposing.Within(scheduler);
        }

        Assert.Equal(7, await goroutine.Task);

        async Task<int> LaterAsync()
        {
            await waits.Task;
            return 7;
        }
    }

    private static TestScheduler Create(
        out Scheduler scheduler,
        int procs = 2,
        int maxThreads = 10_000,
        UnhandledExceptionPolicy exceptions = UnhandledExceptionPolicy.Fatal) =>
        TestScheduler.Create(
            new SchedulerOptions
            {
                Name = TestScheduler.NextName(),
                MaxProcs = procs,
                MaxThreads = maxThreads,
                ConcurrentFlows = true,
                UnhandledExceptions = exceptions,
            },
            out scheduler);

    private static void Meet(Barrier all) => Assert.True(all.SignalAndWait(Limits.Hang), "The flows do not run side by side.");

    private static async Task WaitAsync(string wait, Chan<int> channel)
    {
        switch (wait)
        {
            case "Task.Yield":
                await Task.Yield();
                break;
            case "Task.Delay":
                await Task.Delay(1);
                break;
            case "Go.Yield":
                await Go.Yield();
                break;
            case "Go.SleepAsync":
                await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
                break;
            case "channel":
                await channel.ReceiveAsync();
                break;
            case "select":
                await new Select().OnReceive(channel).RunAsync();
                break;
            case "goroutine":
                await Go.Start(static () => 0);
                break;
            case "lock":
                // Each waits for the one before, but for the first.
                using (await s_lock.LockAsync())
                    await Task.Yield();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(wait), wait, "There is no such wait.");
        }
    }

    private static readonly GoLock s_lock = new();
}
