using System.Runtime.CompilerServices;
using Weft.Tests.Runtime.Running;
using Weft.Tests.Support;

namespace Weft.Tests.Goroutines;

/// <summary>
/// Bodies that are made by a call of an async method: what is theirs alone. What they share with tasks is in <see cref="BodyKindTests"/>.
/// </summary>
public sealed class GoroutineBodyTests
{
    [Fact]
    public async Task Start_OfACall_RunsTheMethodFromItsFirstLineOnTheGoroutine()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Goroutine? seen = null;
        int argument = 0;
        int value = 1;
        GoroutineBody body = Body(value);
        value = 2;
        Assert.Null(seen);
        Goroutine goroutine = scheduler.Start(body);
        await goroutine.Completion.Within(scheduler);
        Assert.Same(goroutine, seen);
        Assert.Equal(1, argument);

        async GoroutineBody Body(int given)
        {
            seen = Go.Current;
            argument = given;
            await Go.Yield();
        }
    }

    [Fact]
    public async Task Start_OfACallWithAResult_GivesTheResult()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Assert.Equal(3, await scheduler.Start(Sum(1, 2)).Within());
        Assert.Equal(7, scheduler.Run(() => Sum(3, 4)));

        static async GoroutineBody<int> Sum(int a, int b)
        {
            await Go.Yield();
            return a + b;
        }
    }

    [Fact]
    public async Task Start_OfABodyThatWasStarted_Throws()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        int runs = 0;
        GoroutineBody body = Body();
        await scheduler.RunAsync(body).Within();
        foreach (Action again in new Action[]
        {
            () => scheduler.Start(body),
            () => scheduler.RunAsync(body),
            () => Go.Start(body),
            () => new WaitGroup().Go(body),
            () => new GoroutineGroup().Start(body),
        })
            Assert.Contains("started before", Assert.Throws<InvalidOperationException>(again).Message, StringComparison.Ordinal);
        Assert.Equal(1, runs);

        async GoroutineBody Body()
        {
            runs++;
            await Go.Yield();
        }
    }

    [Fact]
    public async Task Start_OfOneBodyByManyThreads_OnlyOneStartsIt()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        for (int round = 0; round < 200; round++)
        {
            int runs = 0;
            GoroutineBody body = Body();
            using var together = new Barrier(4);
            Task<Goroutine?>[] starts =
            [
                .. Enumerable.Range(0, together.ParticipantCount).Select(_ => Task.Factory.StartNew(
                    () =>
                    {
                        together.SignalAndWait();
                        try
                        {
                            return scheduler.Start(body);
                        }
                        catch (InvalidOperationException)
                        {
                            return null;
                        }
                    },
                    TaskCreationOptions.LongRunning)),
            ];
            Goroutine?[] started = await Task.WhenAll(starts).Within(scheduler);
            await Assert.Single(started, goroutine => goroutine is not null)!.Completion.Within(scheduler);
            Assert.Equal(1, runs);

            async GoroutineBody Body()
            {
                Interlocked.Increment(ref runs);
                await Go.Yield();
            }
        }
    }

    [Fact]
    public void Start_OfTheDefaultValue_ThrowsNamingTheArgument()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Assert.Throws<ArgumentException>("body", () => scheduler.Start(default(GoroutineBody)));
        Assert.Throws<ArgumentException>("body", () => scheduler.Start(default(GoroutineBody<int>)));
        Assert.Throws<ArgumentException>("body", () => Go.Start(default(GoroutineBody)));
        Assert.Throws<ArgumentException>("body", () => (object)scheduler.RunAsync(default(GoroutineBody)));
        Assert.Throws<ArgumentException>("body", () => new WaitGroup().Go(default(GoroutineBody)));
        Assert.Throws<ArgumentException>("body", () => new GoroutineGroup().Start(default(GoroutineBody<int>)));
    }

    [Fact]
    public void Start_OfNull_ThrowsNamingTheArgument()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Assert.Throws<ArgumentNullException>("body", () => scheduler.Start((Func<GoroutineBody>)null!));
        Assert.Throws<ArgumentNullException>("body", () => scheduler.Start((Func<GoroutineBody<int>>)null!));
        Assert.Throws<ArgumentNullException>("body", () => scheduler.Start((Func<int, GoroutineBody>)null!, 1));
        Assert.Throws<ArgumentNullException>("main", () => scheduler.Run((Func<GoroutineBody>)null!));
    }

    [Fact]
    public async Task Start_OfALambdaThatReturnsTheDefaultValue_FailsSayingSo()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Goroutine<int> goroutine = scheduler.Start(() => default(GoroutineBody<int>));
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => goroutine.Within());
        Assert.Contains("default value", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OnADisposedScheduler_Throws()
    {
        var scheduler = new Scheduler(new SchedulerOptions { Name = TestScheduler.NextName() });
        scheduler.Dispose();
        Assert.Throws<ObjectDisposedException>(() => scheduler.Start(Body()));
        await Task.CompletedTask;

        static async GoroutineBody Body() => await Go.Yield();
    }

    [Fact]
    public async Task End_OnAnotherThreadAtAnyMoment_IsNeverMissed()
    {
        const int Rounds = 20_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        for (int round = 0; round < Rounds; round++)
        {
            // Continues on the thread that sets it, while the goroutine's own may still be on its way to park.
            var source = new TaskCompletionSource<int>();
            Goroutine<int> goroutine = scheduler.Start(Body(source.Task));
            Thread.SpinWait(round % 500);
            source.SetResult(round);
            Assert.Equal(round, await goroutine.Within());
        }

        static async GoroutineBody<int> Body(Task<int> value) => await value.ConfigureAwait(false);
    }

    [Fact]
    public async Task End_InAnItemOfAnotherGoroutine_EndsItsOwn()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        var switched = new Switch();
        var channel = new Chan<int>();
        Goroutine<Goroutine?> guest = scheduler.Start(Body());
        Goroutine<bool> host = scheduler.Start(async () =>
        {
            await switched.IsAwaited.Task;
            switched.Continuation!(); // the guest goes on here, and waits here
            await channel.SendAsync(1);
            await channel.SendAsync(2);
            return true;
        });
        await host.Within();
        Assert.Same(host, await guest.Within());

        async GoroutineBody<Goroutine?> Body()
        {
            await switched;
            Assert.Equal(1, await channel.ReceiveAsync());
            Goroutine? where = Go.Current;
            Assert.Equal(2, await channel.ReceiveAsync());
            return where;
        }
    }

    [Fact]
    public void Call_ThatIsNotStarted_DoesNothing()
    {
        bool ran = false;
        _ = Body();
        Assert.False(ran);

        async GoroutineBody Body()
        {
            ran = true;
            await Go.Yield();
        }
    }

    [Fact]
    public async Task Start_AsyncLambdas_AreBodies()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var results = new Chan<int>(10);
        Goroutine plain = scheduler.Start(async () => await results.SendAsync(1));
        Goroutine withState = scheduler.Start(async state => await results.SendAsync(state), 2);
        Goroutine<int> withResult = scheduler.Start(async () => await Task.FromResult(3));
        await Task.WhenAll(plain.Completion, withState.Completion, withResult.Completion).Within(scheduler);
        scheduler.Run(async () => await results.SendAsync(4));
        Assert.Equal(5, scheduler.Run(async () => await Task.FromResult(5)));
        Assert.Equal("BodyGoroutine", plain.GetType().Name);
        Assert.Equal("BodyGoroutine`1", withState.GetType().Name);
        Assert.Equal(3, await withResult);
        Assert.Equal(3, results.Count);
    }

    [Fact]
    public async Task Group_BodiesOfEveryForm_AreItsChildren()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            int sum = 0;
            await using (var group = new GoroutineGroup())
            {
                group.Start(Add(1));
                group.Start(async () => await AddLater(2, default));
                group.Start(async token => await AddLater(4, token));
                await group.StartAsync(Add(8));
                await group.StartAsync(async () => await AddLater(16, default));
                await group.StartAsync(async token => await AddLater(32, token));
                Goroutine<int>[] results =
                [
                    group.Start(Result(64)),
                    group.Start(async () => await Task.FromResult(128)),
                    group.Start(async token => await Task.FromResult(token.CanBeCanceled ? 256 : 0)),
                    await group.StartAsync(Result(512)),
                    await group.StartAsync(async () => await Task.FromResult(1024)),
                    await group.StartAsync(async token => await Task.FromResult(token.CanBeCanceled ? 2048 : 0)),
                ];
                foreach (Goroutine<int> result in results)
                    Interlocked.Add(ref sum, await result);
            }

            Assert.Equal(4095, sum);

            async GoroutineBody Add(int value)
            {
                await Go.Yield();
                Interlocked.Add(ref sum, value);
            }

            async Task AddLater(int value, CancellationToken token)
            {
                await Task.Delay(1, token);
                Interlocked.Add(ref sum, value);
            }

            static async GoroutineBody<int> Result(int value)
            {
                await Go.Yield();
                return value;
            }
        }).Within();
    }

    [Fact]
    public async Task WaitGroup_Bodies_AreCounted()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            int ended = 0;
            var group = new WaitGroup();
            group.Go(Body());
            group.Go(async () =>
            {
                await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
                Interlocked.Increment(ref ended);
            });
            await group.WaitAsync();
            Assert.Equal(2, ended);

            async GoroutineBody Body()
            {
                await Go.Yield();
                Interlocked.Increment(ref ended);
            }
        }).Within();
    }

    [Fact]
    public async Task Start_OfABodyWithAResultWhereNoneIsTaken_RunsIt()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            int runs = 0;
            var group = new WaitGroup();
            group.Go(Count(1));
            group.Go(Count(2));
            await group.WaitAsync();
            await Go.Start(value => Count(value), 4).Completion;
            await Go.Start((GoroutineBody)Count(8)).Completion;
            Assert.Equal(15, runs);

            async GoroutineBody<int> Count(int value)
            {
                await Go.Yield();
                return Interlocked.Add(ref runs, value);
            }
        }).Within();
    }

    [Fact]
    public async Task Await_OfAnOperationThatAnotherAwaits_EndsTheBodySayingSo()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var channel = new Chan<int>();
        Goroutine<int> goroutine = scheduler.Start(Body());
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => goroutine.Within());
        Assert.Contains("once only", exception.Message, StringComparison.Ordinal);

        async GoroutineBody<int> Body()
        {
            ReceiveAwaitable<int> receive = channel.ReceiveAsync();
            Task<int> other = AwaitAsync(receive);
            return await receive + await other;
        }

        static async Task<int> AwaitAsync(ReceiveAwaitable<int> receive) => await receive;
    }

    [Fact]
    public async Task Await_OfAnAwaiterThatThrows_EndsTheBodyForGood()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        int steps = 0;
        var thrower = new Switch { Throws = true };
        Goroutine<int> goroutine = scheduler.Start(Body());
        await Assert.ThrowsAsync<FormatException>(() => goroutine.Within());
        thrower.Continuation!();
        Assert.Equal(1, steps);

        async GoroutineBody<int> Body()
        {
            steps++;
            await thrower;
            return ++steps;
        }
    }

    [Fact]
    public async Task Group_BodyThatFails_CancelsTheOthers()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            var group = new GoroutineGroup();
            group.Start(async token => await Go.SleepAsync(TimeSpan.MaxValue, token));
            group.Start(Fail());
            var exception = await Assert.ThrowsAsync<FormatException>(async () => await group.DisposeAsync());
            Assert.Equal("mine", exception.Message);
            Assert.Contains(nameof(Fail), exception.StackTrace, StringComparison.Ordinal);
        }).Within();

        static async GoroutineBody Fail()
        {
            await Go.Yield();
            throw new FormatException("mine");
        }
    }

    /// <summary>Resumes what awaits it when, and on the thread where, the continuation is called.</summary>
    private sealed class Switch : INotifyCompletion
    {
        public TaskCompletionSource IsAwaited { get; } = new();

        public Action? Continuation { get; private set; }

        public bool Throws { get; init; }

        public bool IsCompleted => false;

        public Switch GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation)
        {
            Continuation = continuation;
            if (Throws)
                throw new FormatException("mine");
            IsAwaited.SetResult();
        }
    }
}
