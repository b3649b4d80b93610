using System.Collections.Concurrent;
using Weft.Tests.Support;

namespace Weft.Tests.Sync;

public sealed class GoroutineGroupTests
{
    [Fact]
    public async Task DisposeAsync_ChildrenUnderWay_WaitsForAll()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            Goroutine? self = Go.Current;
            int ended = 0;
            await using (var group = new GoroutineGroup())
            {
                Assert.Same(scheduler, group.Scheduler);
                for (int i = 0; i < 50; i++)
                {
                    group.Start(async () =>
                    {
                        await Task.Delay(1);
                        Interlocked.Increment(ref ended);
                    });
                }
            }

            Assert.Equal(50, ended);
            Assert.Same(self, Go.Current);
        }).Within();
    }

    [Fact]
    public async Task Start_EveryKindOfBody_BindsAndRunsToItsEnd()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            await using var group = new GoroutineGroup();
            int ended = 0;
            void End() => Interlocked.Increment(ref ended);
            async Task EndLaterAsync()
            {
                await Go.Yield();
                End();
            }

            group.Start(End);
            group.Start(() => End());
            group.Start(token => End());
            group.Start(EndLaterAsync);
            group.Start(async () => await EndLaterAsync());
            group.Start(async token =>
            {
                await Task.Delay(1, token);
                End();
            });
            await group.StartAsync(End);
            await group.StartAsync(token => End());
            await group.StartAsync(async () => await EndLaterAsync());
            await group.StartAsync(async token =>
            {
                await Task.Delay(1, token);
                End();
            });
            Goroutine<int>[] results =
            [
                group.Start(() => 0),
                group.Start(token => token.CanBeCanceled ? 1 : 0),
                group.Start(async () =>
                {
                    await Go.Yield();
                    return 2;
                }),
                group.Start(async token =>
                {
                    await Task.Delay(1, token);
                    return 3;
                }),
                await group.StartAsync(() => 4),
                await group.StartAsync(token => token.CanBeCanceled ? 5 : 0),
                await group.StartAsync(async () =>
                {
                    await Go.Yield();
                    return 6;
                }),
                await group.StartAsync(async token =>
                {
                    await Task.Delay(1, token);
                    return 7;
                }),
            ];
            await group.WaitAsync();
            Assert.Equal(10, ended);
            Assert.Equal(Enumerable.Range(0, 8), results.Select(result => result.Task.Result));
            Assert.All(results, result => Assert.Matches(@"GoroutineGroupTests\.cs:\d+$", result.StartSite));
            Assert.Equal(0, group.Count);
        }).Within();
    }

    [Fact]
    public async Task WaitAsync_AChildFails_CancelsTheOthersAndThrowsItWithTheOthersAttached()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            var group = new GoroutineGroup();
            int cancelled = 0;
            for (int i = 0; i < 10; i++)
            {
                int number = i;
                group.Start(async token =>
                {
                    try
                    {
                        await Task.Delay(Timeout.Infinite, token);
                    }
                    catch (OperationCanceledException) when (number == 3)
                    {
                        throw new InvalidDataException("second");
                    }
                    finally
                    {
                        Interlocked.Increment(ref cancelled);
                    }
                });
            }

            Goroutine<int> failing = group.Start(new Func<int>(() => throw new InvalidOperationException("first")));
            var exception = await Assert.ThrowsAsync<InvalidOperationException>(async () => await group.WaitAsync());
            Assert.Equal("first", exception.Message);
            Assert.Equal(10, cancelled);
            Assert.True(group.Token.IsCancellationRequested);
            Assert.Equal(["first", "second"], group.Errors.Select(error => error.Message));
            Assert.Equal("second", Assert.Single(GoroutineGroup.GetOtherErrors(exception)).Message);
            Assert.Same(exception, await Assert.ThrowsAsync<InvalidOperationException>(async () => await failing));
            Assert.Same(exception, Assert.Throws<InvalidOperationException>(() => group.Start(() => { })));
            await group.DisposeAsync(); // it was told already
            Assert.Throws<ObjectDisposedException>(() => group.Start(() => { }));
            await group.DisposeAsync();
        }).Within();
    }

    [Fact]
    public async Task DisposeAsync_AChildFailed_Throws()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            var exception = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
            {
                await using var group = new GoroutineGroup();
                await group.StartAsync(() => throw new InvalidOperationException("mine"));
                while (true)
                    await group.StartAsync(async token => await Go.SleepAsync(TimeSpan.FromMilliseconds(1), token));
            });
            Assert.Equal("mine", exception.Message);
            Assert.Empty(GoroutineGroup.GetOtherErrors(exception));
        }).Within();
    }

    [Fact]
    public async Task WaitAsync_AChildIsCancelledByItself_IsAnError()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            var group = new GoroutineGroup();
            group.Start(() => throw new TaskCanceledException("timed out"));
            Assert.Equal("timed out", (await Assert.ThrowsAsync<TaskCanceledException>(async () => await group.WaitAsync())).Message);
        }).Within();
    }

    [Fact]
    public async Task Token_OfOutsideCancelled_CancelsChildrenAndThrowsWithIt()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        using var source = new CancellationTokenSource();
        var entered = new TaskCompletionSource();
        Goroutine<bool> goroutine = scheduler.StartChecked(async () =>
        {
            var group = new GoroutineGroup(source.Token) { Limit = 1 };
            group.Start(async token =>
            {
                entered.SetResult();
                await Task.Delay(Timeout.Infinite, token);
            });
            ValueTask<Goroutine> waits = group.StartAsync(() => Assert.Fail("It must not start."));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waits);
            var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await group.WaitAsync());
            Assert.Equal(source.Token, exception.CancellationToken);
            await group.DisposeAsync();
        });
        await entered.Task.Within(scheduler);
        await source.CancelAsync();
        await goroutine.Within();
    }

    [Fact]
    public async Task Token_OfOutsideCancelledAfterAllIsDone_ThrowsNothing()
    {
        using var source = new CancellationTokenSource();
        await using var group = new GoroutineGroup(source.Token);
        Goroutine<int> result = group.Start(() => 42);
        Assert.Equal(42, await result.Task.WaitAsync(Limits.Hang));
        await source.CancelAsync();
        await group.WaitAsync();
    }

    [Fact]
    public async Task Cancel_OnPurpose_EndsTheOthersWithoutAnError()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            await using var group = new GoroutineGroup();
            Goroutine<int> winner = group.Start(() => 1);
            Goroutine<int> loser = group.Start(async token =>
            {
                await Go.SleepAsync(TimeSpan.MaxValue, token);
                return 2;
            });
            Assert.Equal(1, await winner);
            group.Cancel();
            await group.WaitAsync();
            Assert.True(loser.Task.IsCanceled);
            Assert.Empty(group.Errors);
        }).Within();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Limit_ManyStarts_IsNeverExceededAndKeepsTheOrder(int limit)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 4);
        await scheduler.StartChecked(async () =>
        {
            await using var group = new GoroutineGroup { Limit = limit };
            int running = 0, most = 0;
            var order = new ConcurrentQueue<int>();
            var starts = new List<Task>();
            for (int i = 0; i < 100; i++)
            {
                int number = i;
                starts.Add(group.StartAsync(async () =>
                {
                    int now = Interlocked.Increment(ref running);
                    order.Enqueue(number);
                    InterlockedMax(ref most, now);
                    await Go.Yield();
                    Interlocked.Decrement(ref running);
                }).AsTask());
            }

            await Task.WhenAll(starts);
            await group.WaitAsync();
            Assert.Equal(100, order.Count);
            Assert.InRange(most, 1, limit);
            if (limit == 1)
                Assert.Equal(Enumerable.Range(0, 100), order);
        }).Within();
    }

    [Fact]
    public async Task Start_Full_BlocksUntilThereIsRoom()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        using var gate = new Gate();
        await using var group = new GoroutineGroup(scheduler) { Limit = 2 };
        group.Start(gate.Wait);
        group.Start(gate.Wait);
        bool started = false;
        Goroutine<bool> starter = scheduler.StartChecked(() =>
        {
            group.Start(() => { });
            Volatile.Write(ref started, true);
        });
        await Limits.Until(() => starter.Status == GoroutineStatus.Blocked, "it waits for room", scheduler);
        Assert.False(Volatile.Read(ref started));
        gate.Open();
        await starter.Within();
    }

    [Fact]
    public async Task WaitAsync_Cancelled_LeavesTheChildrenAlone()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        using var gate = new Gate();
        using var source = new CancellationTokenSource();
        await using var group = new GoroutineGroup(scheduler);
        group.Start(gate.Wait);
        Task wait = group.WaitAsync(source.Token).AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.WaitAsync(Limits.Hang));
        Assert.False(group.Token.IsCancellationRequested);
        gate.Open();
        await group.WaitAsync().AsTask().Within(scheduler);
        group.Start(() => { });
        await group.WaitAsync().AsTask().Within(scheduler);
    }

    [Fact]
    public async Task Nested_InnerFails_OuterThrowsTheInnerErrorAndCancelsSiblings()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            var outer = new GoroutineGroup();
            int ended = 0;

            // A group that is cancelled starts no more children: the error waits until all of them are there.
            using var all = new CountdownEvent(16);
            async Task WaitForEverAsync(CancellationToken token)
            {
                all.Signal();
                try
                {
                    await Go.SleepAsync(TimeSpan.MaxValue, token);
                }
                finally
                {
                    Interlocked.Increment(ref ended);
                }
            }

            for (int i = 0; i < 3; i++)
            {
                int number = i;
                outer.Start(async token =>
                {
                    await using var inner = new GoroutineGroup(token);
                    for (int j = 0; j < 5; j++)
                        inner.Start(WaitForEverAsync);
                    if (number == 2)
                    {
                        inner.Start(() =>
                        {
                            all.Wait();
                            throw new InvalidOperationException("inner");
                        });
                    }
                });
            }

            outer.Start(WaitForEverAsync);
            var exception = await Assert.ThrowsAsync<InvalidOperationException>(async () => await outer.WaitAsync());
            Assert.Equal("inner", exception.Message);
            Assert.Equal(16, ended);
            Assert.Same(exception, Assert.Single(outer.Errors));
        }).Within();
    }

    [Fact]
    public async Task Start_ByAChildWhileTheGroupIsDisposed_StillBelongs()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            int ended = 0;
            await using (var group = new GoroutineGroup())
            {
                void Branch(int depth)
                {
                    for (int i = 0; depth > 0 && i < 2; i++)
                        group.Start(() => Branch(depth - 1));
                    Interlocked.Increment(ref ended);
                }

                group.Start(() => Branch(6));
            }

            Assert.Equal(127, ended);
        }).Within();
    }

    [Fact]
    public async Task RunAsync_BodyThrows_CancelsChildrenAndThrowsIt()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            bool cancelled = false;
            var started = new TaskCompletionSource();
            var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => GoroutineGroup.RunAsync(async group =>
            {
                group.Start(async token =>
                {
                    started.SetResult();
                    try
                    {
                        await Task.Delay(Timeout.Infinite, token);
                    }
                    finally
                    {
                        Volatile.Write(ref cancelled, true);
                    }
                });
                await started.Task;
                throw new InvalidOperationException("body");
            }));
            Assert.Equal("body", exception.Message);
            Assert.True(cancelled);
        }).Within();
    }

    [Fact]
    public async Task RunAllAsync_ManyItems_GivesResultsInOrderWithinTheLimit()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 4);
        await scheduler.StartChecked(async () =>
        {
            int running = 0, most = 0;
            int[] squares = await GoroutineGroup.RunAllAsync(
                Enumerable.Range(0, 200),
                async (i, token) =>
                {
                    InterlockedMax(ref most, Interlocked.Increment(ref running));
                    await Task.Delay(i % 3, token);
                    Interlocked.Decrement(ref running);
                    return i * i;
                },
                limit: 5);
            Assert.Equal(Enumerable.Range(0, 200).Select(i => i * i), squares);
            Assert.InRange(most, 1, 5);
        }).Within();
    }

    [Fact]
    public async Task RunAllAsync_OneFails_ThrowsItAndAsksForNoMore()
    {
        int asked = 0;
        IEnumerable<int> Endless()
        {
            while (true)
                yield return asked++;
        }

        await Assert.ThrowsAsync<InvalidDataException>(() => GoroutineGroup.RunAllAsync(
            Endless(),
            async (i, token) =>
            {
                await Go.Yield();
                return i == 10 ? throw new InvalidDataException() : i;
            },
            limit: 4).WaitAsync(Limits.Hang));
        Assert.InRange(asked, 11, int.MaxValue);
    }

    [Fact]
    public async Task WaitAsync_SchedulerDisposed_ThrowsForTheChildrenThatNeverEnd()
    {
        GoroutineGroup group;
        using (TestScheduler.Create(out Scheduler scheduler))
        {
            group = new GoroutineGroup(scheduler);
            await group.Start(async () =>
            {
                group.Start(async () => await Go.SleepAsync(TimeSpan.MaxValue));
                await Go.Yield();
            }).Within();
        }

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await group.WaitAsync().AsTask().WaitAsync(Limits.Hang));
        Assert.Throws<ObjectDisposedException>(() => group.Start(() => { }));
    }

    [Fact]
    public async Task Exit_InAChild_IsNoError()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await using var group = new GoroutineGroup(scheduler);
        group.Start(Go.Exit);
        await group.WaitAsync().AsTask().Within(scheduler);
    }

    [Fact]
    public void Run_ChildStartsInAFullGroup_IsADeadlock()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var exception = Assert.Throws<DeadlockException>(() => scheduler.Run(async () =>
        {
            var group = new GoroutineGroup { Limit = 1 };
            group.Start(async () => { await group.StartAsync(() => { }); });
            await group.WaitAsync();
        }));
        Assert.Equal(["group end", "group limit"], exception.Goroutines.Select(goroutine => goroutine.WaitReason).Order());
    }

    [Fact]
    public void Limit_BelowOne_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>("Limit", () => new GoroutineGroup { Limit = 0 });

    [Fact]
    public async Task Start_NullBody_ThrowsNamingIt()
    {
        await using var group = new GoroutineGroup();
        Assert.Throws<ArgumentNullException>("body", () => group.Start((Action)null!));
        Assert.Throws<ArgumentNullException>("body", () => { group.Start((Func<CancellationToken, Task>)null!); });
        await Assert.ThrowsAsync<ArgumentNullException>("body", async () => await group.StartAsync((Func<Task>)null!));
        await Assert.ThrowsAsync<ArgumentNullException>("body", () => GoroutineGroup.RunAsync(null!));
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen = Volatile.Read(ref most);
        while (value > seen)
        {
            int before = Interlocked.CompareExchange(ref most, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
