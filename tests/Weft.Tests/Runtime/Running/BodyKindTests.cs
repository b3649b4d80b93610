using System.Runtime.CompilerServices;
using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Running;

/// <summary>What holds for an asynchronous body, whether it is a task or a <see cref="GoroutineBody"/>.</summary>
public sealed class BodyKindTests
{
    private static readonly AsyncLocal<string?> s_local = new();
    private static readonly string[] s_waits =
        ["send", "receive", "receive or closed", "select", "lock", "yield", "sleep", "goroutine", "wait group", "task", "Task.Yield"];

    /// <summary>
    /// Whether the body is a task, what it waits for, whether it has left its goroutine before, and whether it has values of AsyncLocals.
    /// </summary>
    public static TheoryData<bool, string, bool, bool> Waits { get; } = new(
        from isTask in new[] { false, true }
        from wait in s_waits
        from elsewhere in new[] { false, true }
        from hasValues in new[] { false, true }
        select (isTask, wait, elsewhere, hasValues));

    [Theory]
    [MemberData(nameof(Waits))]
    public async Task Await_InTheBody_GoesOnWhereItWasWithItsValues(bool isTask, string wait, bool elsewhere, bool hasValues)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        for (int round = 0; round < 20; round++)
        {
            s_local.Value = "starter's";
            scheduler.Start(LeaveValuesAsync);
            string? own = hasValues ? "mine" : null;
            var awaited = new Awaited(scheduler);
            Func<Goroutine<Seen>> start = () => isTask
                ? scheduler.Start(() => InATask(awaited, wait, elsewhere, own))
                : scheduler.Start(InABody(awaited, wait, elsewhere, own));
            Goroutine<Seen> goroutine = hasValues ? start() : StartWithoutValues(start);
            awaited.End(wait);
            Seen seen = await goroutine.Within();
            Assert.Equal(hasValues ? "starter's" : null, seen.Before);
            Assert.Equal(own, seen.Value);
            Assert.Same(elsewhere ? null : goroutine, seen.After);
            Assert.Equal("starter's", s_local.Value);
        }
    }

    // The test framework has AsyncLocals of its own, so that a goroutine that a test starts is never without them.
    private static T StartWithoutValues<T>(Func<T> start)
    {
        using (ExecutionContext.SuppressFlow())
            return start();
    }

    // Sets values on the threads that the others run on.
    private static async Task LeaveValuesAsync()
    {
        for (int i = 0; i < 5; i++)
        {
            s_local.Value = "another's";
            await Go.Yield();
        }
    }

    private static async GoroutineBody<Seen> InABody(Awaited awaited, string wait, bool elsewhere, string? own)
    {
        string? before = s_local.Value;
        if (own is not null)
            s_local.Value = own;
        while (elsewhere && Go.Current is not null)
            await Task.Delay(1).ConfigureAwait(false); // on a busy machine it may be over before it is awaited
        switch (wait)
        {
            case "send":
                await awaited.Channel.SendAsync(1);
                break;
            case "receive":
                await awaited.Channel.ReceiveAsync();
                break;
            case "receive or closed":
                await awaited.Channel.ReceiveOrClosedAsync();
                break;
            case "select":
                await awaited.Select.WaitAsync();
                break;
            case "lock":
                (await awaited.Lock.LockAsync()).Dispose();
                break;
            case "yield":
                await Go.Yield();
                break;
            case "sleep":
                await Go.SleepAsync(TimeSpan.FromMicroseconds(100));
                break;
            case "goroutine":
                await awaited.Goroutine;
                break;
            case "wait group":
                await awaited.WaitGroup.WaitAsync();
                break;
            case "task":
                await awaited.Source.Task;
                break;
            default:
                await Task.Yield();
                break;
        }

        return new Seen(Go.Current, before, s_local.Value);
    }

    // The same once more: what the compiler makes of it is what is tested.
    private static async Task<Seen> InATask(Awaited awaited, string wait, bool elsewhere, string? own)
    {
        string? before = s_local.Value;
        if (own is not null)
            s_local.Value = own;
        while (elsewhere && Go.Current is not null)
            await Task.Delay(1).ConfigureAwait(false); // on a busy machine it may be over before it is awaited
        switch (wait)
        {
            case "send":
                await awaited.Channel.SendAsync(1);
                break;
            case "receive":
                await awaited.Channel.ReceiveAsync();
                break;
            case "receive or closed":
                await awaited.Channel.ReceiveOrClosedAsync();
                break;
            case "select":
                await awaited.Select.WaitAsync();
                break;
            case "lock":
                (await awaited.Lock.LockAsync()).Dispose();
                break;
            case "yield":
                await Go.Yield();
                break;
            case "sleep":
                await Go.SleepAsync(TimeSpan.FromMicroseconds(100));
                break;
            case "goroutine":
                await awaited.Goroutine;
                break;
            case "wait group":
                await awaited.WaitGroup.WaitAsync();
                break;
            case "task":
                await awaited.Source.Task;
                break;
            default:
                await Task.Yield();
                break;
        }

        return new Seen(Go.Current, before, s_local.Value);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Throw_BeforeAndAfterTheFirstWait_GivesTheExceptionWithItsTrace(bool isTask)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        foreach (bool waits in new[] { false, true })
        {
            Goroutine<int> goroutine = isTask ? scheduler.Start(() => FailTask(waits)) : scheduler.Start(FailBody(waits));
            var exception = await Assert.ThrowsAsync<FormatException>(() => goroutine.Within());
            Assert.Contains(isTask ? nameof(FailTask) : nameof(FailBody), exception.StackTrace, StringComparison.Ordinal);
            Assert.True(goroutine.Task.IsFaulted);
        }

        static async GoroutineBody<int> FailBody(bool waits)
        {
            if (waits)
                await Go.Yield();
            throw new FormatException("mine");
        }

        static async Task<int> FailTask(bool waits)
        {
            if (waits)
                await Go.Yield();
            throw new FormatException("mine");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Throw_OfACancellation_GivesACancelledTaskWithTheToken(bool isTask)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        using var source = new CancellationTokenSource();
        Goroutine<int> goroutine = isTask ? scheduler.Start((Func<Task<int>>)SleepTask) : scheduler.Start(SleepBody());
        await source.CancelAsync();
        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => goroutine.Within());
        Assert.Equal(source.Token, exception.CancellationToken);
        Assert.True(goroutine.Task.IsCanceled);

        async GoroutineBody<int> SleepBody()
        {
            await Go.SleepAsync(TimeSpan.MaxValue, source.Token);
            return 1;
        }

        async Task<int> SleepTask()
        {
            await Go.SleepAsync(TimeSpan.MaxValue, source.Token);
            return 1;
        }
    }

    [Fact]
    public async Task Throw_OfACancellationInASynchronousBody_GivesAFaultedTask()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Goroutine<int> goroutine = scheduler.Start(int () => throw new OperationCanceledException("mine"));
        await Assert.ThrowsAsync<OperationCanceledException>(() => goroutine.Within());
        Assert.True(goroutine.Task.IsFaulted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Value_SetAfterAForeignWait_DoesNotGetToWhoeverEndedTheWait(bool isTask)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        s_local.Value = null;
        var source = new TaskCompletionSource(); // goes on with who waits on the thread that sets it
        var next = new TaskCompletionSource();
        Goroutine goroutine = StartWithoutValues(() => isTask ? scheduler.Start((Func<Task>)SetTask) : scheduler.Start(SetBody()));
        Eventually.True(() => goroutine.Status == GoroutineStatus.Parked, "the body waits");
        SynchronizationContext? before = SynchronizationContext.Current;
        source.SetResult();
        Assert.Null(s_local.Value);
        Assert.Same(before, SynchronizationContext.Current);
        next.SetResult();
        await goroutine.Completion.Within(scheduler);

        async GoroutineBody SetBody()
        {
            await source.Task.ConfigureAwait(false);
            s_local.Value = "mine";
            SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
            await next.Task.ConfigureAwait(false);
        }

        async Task SetTask()
        {
            await source.Task.ConfigureAwait(false);
            s_local.Value = "mine";
            SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
            await next.Task.ConfigureAwait(false);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Value_OfAFlowThatBlocksTheLockedThread_DoesNotGetToTheBody(bool isTask)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        s_local.Value = null;
        using var blocks = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var channel = new Chan<int>();
        Goroutine<string?> goroutine = StartWithoutValues(
            () => isTask ? scheduler.Start((Func<Task<string?>>)ReadTask) : scheduler.Start(ReadBody()));
        Assert.True(blocks.Wait(Limits.Hang));
        channel.Send(1);
        Assert.Null(await goroutine.Within());

        async GoroutineBody<string?> ReadBody()
        {
            using ThreadPin locked = Go.LockOSThread();
            Task other = BlockAsync();
            await channel.ReceiveAsync();
            release.Set();
            string? seen = s_local.Value;
            await other;
            return seen;
        }

        async Task<string?> ReadTask()
        {
            using ThreadPin locked = Go.LockOSThread();
            Task other = BlockAsync();
            await channel.ReceiveAsync();
            release.Set();
            string? seen = s_local.Value;
            await other;
            return seen;
        }

        async Task BlockAsync()
        {
            await Go.Yield();
            s_local.Value = "the other flow's";
            blocks.Set();
            release.Wait();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Goroutine_ThatHasEnded_KeepsNothingOfItsBody(bool isTask)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        (Goroutine goroutine, WeakReference kept) = Run(scheduler, isTask);
        await goroutine.Completion.Within(scheduler);

        // Other goroutines take the places where threads may remember the last one.
        await scheduler.StartMany(8, async _ => await Go.Yield()).Within();
        Eventually.True(
            () =>
            {
                GC.Collect();
                return !kept.IsAlive;
            },
            "what the body had is collected");
        GC.KeepAlive(goroutine);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static (Goroutine, WeakReference) Run(Scheduler scheduler, bool isTask)
        {
            var thing = new object();
            Goroutine goroutine = isTask ? scheduler.Start(() => UseTask(thing)) : scheduler.Start(UseBody(thing));
            return (goroutine, new WeakReference(thing));
        }

        static async GoroutineBody UseBody(object thing)
        {
            await (ValueTask)Go.SleepAsync(TimeSpan.FromMilliseconds(1));
            await Task.Delay(1);
            GC.KeepAlive(thing);
        }

        static async Task UseTask(object thing)
        {
            await (ValueTask)Go.SleepAsync(TimeSpan.FromMilliseconds(1));
            await Task.Delay(1);
            GC.KeepAlive(thing);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Await_OfASleepASecondTime_ThrowsWhereItIsAwaited(bool isTask)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Goroutine<string> goroutine = isTask ? scheduler.Start((Func<Task<string>>)SleepTask) : scheduler.Start(SleepBody());
        Assert.Contains("once only", await goroutine.Within(), StringComparison.Ordinal);

        static async GoroutineBody<string> SleepBody()
        {
            SleepAwaitable sleep = Go.SleepAsync(TimeSpan.FromMilliseconds(1));
            await sleep;
            try
            {
                await sleep;
                return "nothing";
            }
            catch (InvalidOperationException e)
            {
                return e.Message;
            }
        }

        static async Task<string> SleepTask()
        {
            SleepAwaitable sleep = Go.SleepAsync(TimeSpan.FromMilliseconds(1));
            await sleep;
            try
            {
                await sleep;
                return "nothing";
            }
            catch (InvalidOperationException e)
            {
                return e.Message;
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Throw_WithNobodyToTell_IsReported(bool isTask)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, exceptions: UnhandledExceptionPolicy.Report);
        var told = new TaskCompletionSource<GoroutineExceptionEventArgs>(TaskCreationOptions.RunContinuationsAsynchronously);
        scheduler.UnhandledException += (_, e) => told.TrySetResult(e);
        Goroutine goroutine = isTask ? scheduler.Start((Func<Task>)FailTask) : scheduler.Start(FailBody());
        GoroutineExceptionEventArgs report = await told.Task.Within(scheduler);
        Assert.Same(goroutine, report.Goroutine);
        Assert.Equal("mine", report.Exception.Message);

        // It leaves its goroutine, so that nobody's item sees the end.
        static async GoroutineBody FailBody()
        {
            await Task.Delay(1).ConfigureAwait(false);
            throw new FormatException("mine");
        }

        static async Task FailTask()
        {
            await Task.Delay(1).ConfigureAwait(false);
            throw new FormatException("mine");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Exit_InTheBody_EndsTheGoroutine(bool isTask)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        bool unwound = false;
        Goroutine goroutine = isTask ? scheduler.Start((Func<Task>)ExitTask) : scheduler.Start(ExitBody());
        await goroutine.Completion.Within(scheduler);
        Assert.True(unwound);

        async GoroutineBody ExitBody()
        {
            try
            {
                await Go.Yield();
                Go.Exit();
            }
            finally
            {
                unwound = true;
            }
        }

        async Task ExitTask()
        {
            try
            {
                await Go.Yield();
                Go.Exit();
            }
            finally
            {
                unwound = true;
            }
        }
    }

    [Theory]
    [InlineData(false, "sleep")]
    [InlineData(false, "lock")]
    [InlineData(false, "wait group")]
    [InlineData(true, "sleep")]
    [InlineData(true, "lock")]
    [InlineData(true, "wait group")]
    public void Run_TheBodyWaitsForNobody_ThrowsSayingForWhat(bool isTask, string wait)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        string main = "";
        var exception = Assert.Throws<DeadlockException>(() =>
        {
            if (isTask)
                scheduler.Run((Func<Task>)MainTask);
            else
                scheduler.Run(MainBody); // not MainBody(): this thread would have the body itself, and count as reaching it
        });
        Assert.Contains(exception.Goroutines,
            goroutine => goroutine.StartSite == main && goroutine.WaitReason!.Contains(wait, StringComparison.OrdinalIgnoreCase));

        async GoroutineBody MainBody()
        {
            main = Go.Current!.StartSite;
            var @lock = new GoLock(); // this thread, which waits in Run, must not have it, or it counts as reachable
            var group = new WaitGroup();
            group.Go(async () => await Go.Yield());
            await group.WaitAsync(); // a ValueTask: that the body has awaited one hides nothing afterwards
            await @lock.LockAsync();
            switch (wait)
            {
                case "sleep":
                    await Go.SleepAsync(TimeSpan.MaxValue);
                    break;
                case "lock":
                    await @lock.LockAsync();
                    break;
                default:
                    group.Go(async () => await @lock.LockAsync());
                    await group.WaitAsync();
                    break;
            }
        }

        async Task MainTask()
        {
            main = Go.Current!.StartSite;
            var @lock = new GoLock(); // this thread, which waits in Run, must not have it, or it counts as reachable
            var group = new WaitGroup();
            group.Go(async () => await Go.Yield());
            await group.WaitAsync(); // a ValueTask: that the body has awaited one hides nothing afterwards
            await @lock.LockAsync();
            switch (wait)
            {
                case "sleep":
                    await Go.SleepAsync(TimeSpan.MaxValue);
                    break;
                case "lock":
                    await @lock.LockAsync();
                    break;
                default:
                    group.Go(async () => await @lock.LockAsync());
                    await group.WaitAsync();
                    break;
            }
        }
    }

    private readonly record struct Seen(Goroutine? After, string? Before, string? Value);

    /// <summary>One of each thing that can be waited for.</summary>
    private sealed class Awaited
    {
        public Awaited(Scheduler scheduler)
        {
            Select.Receive(Channel);
            Goroutine = scheduler.Start(() => true);
            WaitGroup.Add(1);
        }

        public Chan<int> Channel { get; } = new();

        public Select Select { get; } = new();

        public GoLock Lock { get; } = new();

        public WaitGroup WaitGroup { get; } = new();

        public Goroutine<bool> Goroutine { get; }

        public TaskCompletionSource Source { get; } = new();

        /// <summary>Ends the wait; from a thread that is no goroutine.</summary>
        public void End(string wait)
        {
            switch (wait)
            {
                case "send":
                    Channel.Receive();
                    break;
                case "receive":
                case "receive or closed":
                case "select":
                    Channel.Send(1);
                    break;
                case "wait group":
                    WaitGroup.Done();
                    break;
                case "task":
                    Source.SetResult();
                    break;
            }
        }
    }
}
