using Weft.Tests.Support;

namespace Weft.Tests.Sync;

/// <summary>Limits that change, starts that do not wait, and groups that go on after an error.</summary>
public sealed class GoroutineGroupLimitTests
{
    [Fact]
    public async Task Limit_Raised_StartsThoseThatWaitInTheirOrder()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        await scheduler.StartChecked(async () =>
        {
            var gate = new TaskCompletionSource();
            await using var group = new GoroutineGroup { Limit = 1 };
            Task<Goroutine>[] starts = [.. Enumerable.Range(0, 5).Select(_ => group.StartAsync(() => gate.Task).AsTask())];
            Assert.True(starts[0].IsCompleted);
            group.Limit = 3;
            await Task.WhenAll(starts[..3]);
            Assert.Equal((3, false, false), (group.Count, starts[3].IsCompleted, starts[4].IsCompleted));
            group.Limit = int.MaxValue;
            await Task.WhenAll(starts);
            Assert.Equal(5, group.Count);
            gate.SetResult();
        }).Within();
    }

    [Fact]
    public async Task Limit_Lowered_TakesEffectAsChildrenEnd()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        await scheduler.StartChecked(async () =>
        {
            TaskCompletionSource[] gates = [.. Enumerable.Range(0, 3).Select(_ => new TaskCompletionSource())];
            await using var group = new GoroutineGroup { Limit = 3 };
            Goroutine<bool>[] children = [.. gates.Select(gate => group.Start(async () =>
            {
                await gate.Task;
                return true;
            }))];
            group.Limit = 1;
            Assert.Equal(3, group.Count);
            Task<Goroutine> waits = group.StartAsync(() => { }).AsTask();
            for (int i = 0; i < 2; i++)
            {
                gates[i].SetResult();
                await children[i];
                await Limits.Until(() => group.Count == 2 - i, "it has ended", scheduler);
                Assert.False(waits.IsCompleted);
            }

            gates[2].SetResult();
            await waits;
        }).Within();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Limit_ChangedAllTheTimeWhileChildrenComeAndGo_LosesNone(int procs)
    {
        const int Children = 3_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        await scheduler.StartChecked(async () =>
        {
            int ran = 0;
            using var done = new CancellationTokenSource();
            var group = new GoroutineGroup { Limit = 1 };
            Goroutine<int> changer = Go.Start(async () =>
            {
                int changes = 0;
                for (; !done.IsCancellationRequested; changes++)
                {
                    group.Limit = (changes % 7) + 1;
                    await Go.Yield();
                }

                return changes;
            });
            Goroutine<bool>[] starters = scheduler.StartMany(3, async _ =>
            {
                for (int i = 0; i < Children; i++)
                {
                    await group.StartAsync(async () =>
                    {
                        await Go.Yield();
                        Interlocked.Increment(ref ran);
                    });
                }
            });
            foreach (Goroutine<bool> starter in starters)
                await starter;
            await group.DisposeAsync();
            await done.CancelAsync();
            await changer;
            Assert.Equal((3 * Children, 0), (ran, group.Count));
        }).Within();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Limit_NoRoomForOne_SaysWhatStandsForNoLimit(int limit)
    {
        var thrown = Assert.Throws<ArgumentOutOfRangeException>(() => new GoroutineGroup { Limit = limit });
        Assert.Equal("Limit", thrown.ParamName);
        Assert.Contains("int.MaxValue", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TryStart_RoomOrNone_StartsOrGivesNull()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            var gate = new TaskCompletionSource();
            int ran = 0;
            var group = new GoroutineGroup { Limit = 2 };
            Assert.NotNull(group.TryStart(async () => await gate.Task));
            Assert.NotNull(group.TryStart(async token => await gate.Task.WaitAsync(token)));
            Assert.Null(group.TryStart(() => { ran++; }));
            Assert.Null(group.TryStart(token => { ran++; }));
            gate.SetResult();
            await group.WaitAsync();
            Assert.NotNull(group.TryStart(() => { ran++; }));
            await group.WaitAsync();
            Assert.NotNull(group.TryStart(token => { ran += token == group.Token ? 1 : 100; }));
            await group.WaitAsync();
            Assert.Equal(2, ran);
            group.Cancel();
            Assert.Null(group.TryStart(() => { ran++; }));
            await group.DisposeAsync();
            Assert.Throws<ObjectDisposedException>(() => group.TryStart(() => { ran++; }));
            Assert.Equal("body", Assert.Throws<ArgumentNullException>(() => group.TryStart((Action)null!)).ParamName);
        }).Within();
    }

    [Fact]
    public async Task CancelOnError_False_TheOthersGoOnAndTheFirstErrorIsThrown()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            var gate = new TaskCompletionSource();
            var group = new GoroutineGroup { CancelOnError = false };
            Goroutine<int> other = group.Start(async token =>
            {
                await gate.Task;
                Assert.False(token.IsCancellationRequested);
                return 1;
            });
            Goroutine failing = group.Start(() => throw new InvalidOperationException("first"));
            await failing.Completion;
            Goroutine<int> later = group.Start(() => 2);
            group.Start(() => throw new InvalidOperationException("second"));
            gate.SetResult();
            var thrown = await Assert.ThrowsAsync<InvalidOperationException>(async () => await group.WaitAsync());
            Assert.Equal("first", thrown.Message);
            Assert.Equal("second", Assert.Single(GoroutineGroup.GetOtherErrors(thrown)).Message);
            Assert.Equal((1, 2, false), (await other, await later, group.Token.IsCancellationRequested));
            group.Cancel();
            Assert.Throws<OperationCanceledException>(() => group.Start(() => { }));
        }).Within();
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(2)]
    public async Task Start_InALoopUntilAChildFails_ThrowsItsErrorAndNoCancellation(int limit)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            // Go's errgroup: g.Go in a loop, then g.Wait.
            var group = new GoroutineGroup { Limit = limit };
            var thrown = await Assert.ThrowsAsync<InvalidDataException>(async () =>
            {
                for (int i = 0; i < 100; i++)
                {
                    int number = i;
                    await group.StartAsync(async token =>
                    {
                        if (number == 3)
                            throw new InvalidDataException("real");
                        await Go.SleepAsync(TimeSpan.FromMinutes(1), token);
                    });
                    if (limit == 2 && number == 1)
                        group.Limit = 4;
                    await Go.Yield();
                }

                await group.WaitAsync();
            });
            Assert.Equal("real", thrown.Message);

            // Told once more only if it was a start that told of it, and not the wait.
            Assert.Contains(await Record.ExceptionAsync(async () => await group.DisposeAsync()), new Exception?[] { thrown, null });
        }).Within();
    }

    [Fact]
    public async Task Start_BlockedAsAChildFails_ThrowsItsError()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var gate = new TaskCompletionSource();
        var group = new GoroutineGroup(scheduler) { Limit = 1 };
        group.Start(async () =>
        {
            await gate.Task;
            throw new InvalidDataException("real");
        });
        Goroutine<bool> starter = scheduler.StartChecked(() => { group.Start(() => Assert.Fail("It must not start.")); });
        await Limits.Until(() => starter.Status == GoroutineStatus.Blocked, "it waits for room", scheduler);
        gate.SetResult();
        Assert.Equal("real", (await Assert.ThrowsAsync<InvalidDataException>(() => starter.Within())).Message);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await group.DisposeAsync());
    }
}
