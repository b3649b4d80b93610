using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Host;

/// <summary>What a program does wrong is told where it does it.</summary>
public sealed class MisuseTests
{
    public static TheoryData<string> Operations =>
        ["receive", "receive-or-closed", "send", "select", "sleep", "sleep-cancellable", "lock", "wait-group", "group"];

    public static TheoryData<string> DefaultValues =>
        ["receive", "receive-or-closed", "send", "select", "sleep", "lock", "goroutine-awaiter", "goroutine-awaiter-of-result"];

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Await_OfWhatAnotherGoroutineAwaits_ThrowsThereAndCanBeCaught(string operation)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            var pending = new Pending(operation);
            Func<Func<Task>> begin = pending.Begin;
            Func<Task> awaits = begin();
            AwaitableGoroutine first = Go.RunAsync(awaits);
            bool finallyRan = false;
            await Pending.UntilAwaited(first);
            var exception = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
            {
                try
                {
                    await awaits();
                }
                finally
                {
                    finallyRan = true;
                }
            });
            Assert.Contains("once only", exception.Message, StringComparison.Ordinal);
            Assert.True(finallyRan);
            pending.End();
            await first;
        }).Within();
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Await_OfWhatTheSameGoroutineAwaits_ThrowsThereAndCanBeCaught(string operation)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            var pending = new Pending(operation);
            Func<Task> awaits = pending.Begin();
            Task first = awaits(); // another flow of this goroutine
            var exception = await Assert.ThrowsAsync<InvalidOperationException>(awaits);
            Assert.Contains("once only", exception.Message, StringComparison.Ordinal);
            pending.End();
            await first;
        }).Within();
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task Await_OfWhatWasAwaitedAndIsOver_ThrowsThereAndCanBeCaught(string operation)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            if (operation is "wait-group" or "group")
                return; // a wait that is over stays so, and may be asked again
            var pending = new Pending(operation);
            Func<Task> awaits = pending.Begin();
            Task first = awaits();
            pending.End();
            await first;
            var exception = await Assert.ThrowsAsync<InvalidOperationException>(awaits);
            Assert.Contains("once only", exception.Message, StringComparison.Ordinal);
        }).Within();
    }

    [Fact]
    public async Task Await_OfAnOperationThatItsOwnerAwaitsFirst_TellsTheOther()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        await scheduler.StartChecked(async () =>
        {
            var numbers = new Chan<int>();
            ReceiveAwaitable<int> receive = numbers.ReceiveAsync();
            Goroutine<string> other = Go.Start(async () =>
            {
                try
                {
                    return $"received {await receive}";
                }
                catch (InvalidOperationException e)
                {
                    return e.Message;
                }
            });
            Go.Start(async () => await numbers.SendAsync(42));
            Assert.Equal(42, await receive);
            Assert.Contains("once only", await other, StringComparison.Ordinal);
        }).Within();
    }

    [Theory]
    [InlineData("sleep")]
    [InlineData("semaphore")]
    [InlineData("wait-group")]
    public async Task GetResult_OfAWaitThatHasEndedAndWhoseAwaiterHasNotGoneOn_ThrowsThere(string operation)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 2);
        await scheduler.StartChecked(async () =>
        {
            var semaphore = new GoSemaphore(1);
            var group = new WaitGroup();
            GoSemaphore.Releaser held = semaphore.Acquire();
            group.Add(1);
            if (operation == "semaphore")
            {
                ValueTask<GoSemaphore.Releaser> wait = semaphore.AcquireAsync();
                await AskEarly(async () => (await wait).Dispose(), held.Dispose, () => wait.IsCompleted, () => wait.Result.Dispose());
            }
            else
            {
                ValueTask wait = operation == "sleep" ? Go.SleepAsync(TimeSpan.FromMilliseconds(1)) : group.WaitAsync();
                await AskEarly(async () => await wait, group.Done, () => wait.IsCompleted, () => wait.GetAwaiter().GetResult());
            }

            await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
        }).Within();

        static async Task AskEarly(Func<Task> awaits, Action end, Func<bool> hasEnded, Action getResult)
        {
            Task first = awaits(); // another flow of this goroutine, which goes on once this one waits
            end();
            while (!IsTrue(hasEnded))
                Thread.SpinWait(100);
            Assert.Contains("once only", Assert.Throws<InvalidOperationException>(getResult).Message, StringComparison.Ordinal);
            await first;
        }

        static bool IsTrue(Func<bool> hasEnded)
        {
            try
            {
                return hasEnded();
            }
            catch (InvalidOperationException)
            {
                return false; // it is awaited, and has not ended
            }
        }
    }

    [Fact]
    public async Task WaitAsync_OfASelectThatWaitsInAnotherFlow_ThrowsThere()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            var numbers = new Chan<int>();
            var select = new Select();
            select.Receive(numbers);
            AwaitableGoroutine first = Go.RunAsync(async () => { await select.WaitAsync(); });
            while (first.Status != GoroutineStatus.Parked)
                await Go.Yield();
            Assert.Contains(
                "for one goroutine",
                Assert.Throws<InvalidOperationException>(() => { select.WaitAsync(); }).Message,
                StringComparison.Ordinal);
            Assert.Contains(
                "for one goroutine", Assert.Throws<InvalidOperationException>(() => select.TryWait()).Message, StringComparison.Ordinal);
            await numbers.SendAsync(1);
            await first;
        }).Within();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(-1.5)]
    [InlineData(-1_000_000)]
    [InlineData(double.MinValue)]
    public async Task Sleep_NoLengthOrLess_IsOverAtOnce(double milliseconds)
    {
        TimeSpan duration = milliseconds == double.MinValue ? TimeSpan.MinValue : TimeSpan.FromMilliseconds(milliseconds);
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            await Go.SleepAsync(duration);
            await Go.SleepAsync(duration, new CancellationTokenSource().Token);
            Go.Sleep(duration);
            await Go.After(duration).ReceiveAsync();
            var select = new Select();
            select.Receive<int>(null);
            TimeoutCase late = select.Timeout(duration);
            Assert.Same(late, await select.WaitAsync());
        }).Within();
    }

    [Fact]
    public async Task Sleep_MaxValue_IsForEver()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            using var source = new CancellationTokenSource();
            Goroutine<bool> sleeper = Go.Start(async () =>
            {
                await Go.SleepAsync(TimeSpan.MaxValue, source.Token);
                return true;
            });
            IReceiveChan<TimeSpan> never = Go.After(TimeSpan.MaxValue);
            var numbers = new Chan<int>(1);
            var select = new Select();
            ReceiveCase<int> received = select.Receive(numbers);
            select.Timeout(TimeSpan.MaxValue);
            await Go.SleepAsync(TimeSpan.FromMilliseconds(30));
            Assert.False(sleeper.Task.IsCompleted);
            Assert.False(never.TryReceive(out TimeSpan _));
            await numbers.SendAsync(1);
            Assert.Same(received, await select.WaitAsync());
            await source.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await sleeper);
        }).Within();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public void Chan_CapacityThatNoArrayHas_IsRefusedByName(int capacity)
    {
        Assert.Equal("capacity", Assert.Throws<ArgumentOutOfRangeException>(() => new Chan<byte>(capacity)).ParamName);
        Assert.Equal("capacity", Assert.Throws<ArgumentOutOfRangeException>(() => new Chan<string>(capacity)).ParamName);
    }

    [Theory]
    [MemberData(nameof(DefaultValues))]
    public async Task DefaultValue_OfAStructure_SaysThatItIsOne(string value)
    {
        Func<Task>[] uses = value switch
        {
            "receive" => [async () => await default(ReceiveAwaitable<int>), () => default(ReceiveAwaitable<int>).AsTask()],
            "receive-or-closed" =>
                [async () => await default(ReceiveOrClosedAwaitable<int>), () => default(ReceiveOrClosedAwaitable<int>).AsTask()],
            "send" => [async () => await default(SendAwaitable), () => default(SendAwaitable).AsTask()],
            "select" => [async () => await default(SelectAwaitable), () => default(SelectAwaitable).AsTask()],
            "sleep" => [async () => await default(SleepAwaitable), () => default(SleepAwaitable).AsTask()],
            "lock" => [async () => await default(LockAwaitable<GoLock.Releaser>), () => default(LockAwaitable<GoLock.Releaser>).AsTask()],
            "goroutine-awaiter" => [() => Task.FromResult(default(GoroutineAwaiter).IsCompleted)],
            _ => [() => Task.FromResult(default(GoroutineAwaiter<int>).GetResult())],
        };
        foreach (Func<Task> use in uses)
        {
            var exception = await Assert.ThrowsAsync<InvalidOperationException>(use);
            Assert.Contains("is the default value", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void DefaultValue_OfABody_IsAnArgumentThatIsRefused()
    {
        Assert.Equal("body", Assert.Throws<ArgumentException>(() => Go.Start(default(GoroutineBody))).ParamName);
        Assert.Equal("body", Assert.Throws<ArgumentException>(() => { Go.RunAsync(default(GoroutineBody)); }).ParamName);
        Assert.Equal("body", Assert.Throws<ArgumentException>(() => { Go.Start(default(GoroutineBody<int>)); }).ParamName);
    }

    [Fact]
    public async Task ObjectDisposedException_OfADisposedScheduler_NamesItAndTheOperation()
    {
        var scheduler = new Scheduler(new SchedulerOptions { Name = "gone" });
        Goroutine<int> abandoned = scheduler.Start(async () =>
        {
            await Go.SleepAsync(TimeSpan.MaxValue);
            return 1;
        });
        Goroutine<Goroutine> keeps = scheduler.Start(() => Go.Current!);
        Goroutine ended = await keeps.Within();
        scheduler.Dispose();
        (string Operation, Exception? Exception)[] told =
        [
            ("cannot be started", Record.Exception(() => scheduler.Start(() => { }))),
            ("cannot be started", Record.Exception(() => { scheduler.RunAsync(() => { }); })),
            ("cannot be started", Record.Exception(() => { scheduler.RunBlocking(() => { }); })),
            ("cannot be started", Record.Exception(() => scheduler.Run(() => { }))),
            ("MaxProcs cannot be set", Record.Exception(() => scheduler.MaxProcs = 1)),
            ("never ends", await Record.ExceptionAsync(async () => await abandoned)),
            ("SynchronizationContext.Send", Record.Exception(() => ended.Send(_ => { }, null))),
        ];
        Assert.All(told, each =>
        {
            var exception = Assert.IsType<ObjectDisposedException>(each.Exception);
            Assert.Equal("Weft scheduler 'gone'", exception.ObjectName);
            Assert.Contains(each.Operation, exception.Message, StringComparison.Ordinal);
            Assert.Contains("scheduler 'gone' is disposed", exception.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Attributes_TellTheCompilerWhatIsTrue()
    {
        Assert.NotNull(typeof(Go).GetMethod(nameof(Go.Exit))!.GetCustomAttribute<DoesNotReturnAttribute>());
        ParameterInfo value = typeof(Chan<string>).GetMethod(nameof(Chan<string>.TryReceive))!.GetParameters()[0];
        Assert.False(value.GetCustomAttribute<MaybeNullWhenAttribute>()!.ReturnValue);
    }

    /// <summary>An operation that waits until it is told not to.</summary>
    private sealed class Pending(string kind)
    {
        private static readonly CancellationTokenSource s_stop = new();
        private readonly Chan<int> _chan = new();
        private readonly GoLock _lock = new();
        private readonly WaitGroup _waitGroup = new();

        /// <summary>Begins the operation in the calling goroutine; what is returned awaits it.</summary>
        internal Func<Task> Begin()
        {
            switch (kind)
            {
                case "receive":
                    ReceiveAwaitable<int> receive = _chan.ReceiveAsync();
                    return async () => await receive;
                case "receive-or-closed":
                    ReceiveOrClosedAwaitable<int> received = _chan.ReceiveOrClosedAsync();
                    return async () => await received;
                case "send":
                    SendAwaitable send = _chan.SendAsync(1);
                    return async () => await send;
                case "select":
                    var select = new Select();
                    select.Receive(_chan);
                    SelectAwaitable wait = select.WaitAsync();
                    return async () => await wait;
                case "sleep":
                    SleepAwaitable sleep = Go.SleepAsync(TimeSpan.FromMilliseconds(200));
                    return async () => await sleep;
                case "sleep-cancellable":
                    SleepAwaitable cancellable = Go.SleepAsync(TimeSpan.FromMilliseconds(200), s_stop.Token);
                    return async () => await cancellable;
                case "lock":
                    Assert.True(_lock.TryLock());
                    LockAwaitable<GoLock.Releaser> locking = _lock.LockAsync();
                    return async () => (await locking).Dispose();
                case "wait-group":
                    _waitGroup.Add(1);
                    ValueTask waiting = _waitGroup.WaitAsync();
                    return async () => await waiting;
                default:
                    var group = new GoroutineGroup();
                    group.Start(async token => await _chan.ReceiveAsync(token));
                    ValueTask ending = group.WaitAsync();
                    return async () => await ending;
            }
        }

        internal static async Task UntilAwaited(AwaitableGoroutine awaiter)
        {
            while (awaiter.Status != GoroutineStatus.Parked)
                await Go.Yield();
            await Go.Yield(); // what it has sent to the goroutine that began the operation is done now
        }

        internal void End()
        {
            switch (kind)
            {
                case "receive" or "receive-or-closed" or "select" or "group":
                    _chan.Send(1);
                    break;
                case "send":
                    _chan.Receive();
                    break;
                case "lock":
                    _lock.Unlock();
                    break;
                case "wait-group":
                    _waitGroup.Done();
                    break;
            }
        }
    }
}
