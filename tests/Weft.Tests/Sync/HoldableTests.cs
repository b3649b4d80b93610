using System.Diagnostics;
using Weft.Tests.Schedulers;
using Weft.Tests.Support;

namespace Weft.Tests.Sync;

/// <summary>What must hold for everything that waiters stand in line for.</summary>
public sealed class HoldableTests
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1);

    public static MatrixTheoryData<string, int> NamesAndProcessors => new(Holdable.AllNames, [1, 2]);

    [Theory]
    [MemberData(nameof(Holdable.Names), MemberType = typeof(Holdable))]
    public async Task Use_Held_WaitsInEachWayUntilItIsLetGo(string name)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var holdable = Holdable.Make(name);
        holdable.Hold();
        CancellationToken none = CancellationToken.None;
        Goroutine<bool>[] waiting =
        [
            scheduler.StartChecked(() => holdable.UseAsync(none)),
            scheduler.StartChecked(() => holdable.UseAsTaskAsync(none)),
            scheduler.Start(holdable.UseInBody(none)),
            scheduler.StartChecked(() => holdable.Use(none)),
        ];
        Thread thread = InterruptTests.Waiting(() => holdable.Use(none), out var __);
        Task outside = holdable.UseAsync(none);
        await Limits.Until(() => Array.TrueForAll(waiting, Waits), "they wait", scheduler);
        Assert.False(outside.IsCompleted);
        Assert.Equal(holdable.WaitReason, scheduler.GetGoroutines().Single(g => g.Id == waiting[2].Id).WaitReason);
        holdable.LetGo();
        await waiting.Within();
        await outside.WaitAsync(Limits.Hang);
        InterruptTests.Join(thread);
        Assert.True(holdable.IsFree());
    }

    [Theory]
    [MemberData(nameof(Holdable.Names), MemberType = typeof(Holdable))]
    public async Task Use_AlreadyCancelled_ThrowsAndTakesNothing(string name)
    {
        var holdable = Holdable.Make(name);
        var cancelled = new CancellationToken(canceled: true);
        var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => holdable.UseAsync(cancelled));
        Assert.Equal(cancelled, exception.CancellationToken);
        Assert.ThrowsAny<OperationCanceledException>(() => holdable.Use(cancelled));
        Assert.True(holdable.IsFree());
    }

    [Theory]
    [MemberData(nameof(Holdable.Names), MemberType = typeof(Holdable))]
    public async Task Use_CancelledWhileItWaits_ThrowsWithTheTokenAndTheNextGetsIt(string name)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        using var source = new CancellationTokenSource();
        var holdable = Holdable.Make(name);
        holdable.Hold();
        Func<Task>[] ways =
        [
            () => holdable.UseAsync(source.Token),
            () => holdable.UseAsTaskAsync(source.Token),
            () => Task.Run(() => holdable.Use(source.Token)),
        ];
        Goroutine<bool>[] cancelled = scheduler.StartMany(ways.Length, async i =>
        {
            Goroutine? self = Go.Current;
            var exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(ways[i]);
            Assert.Equal(source.Token, exception.CancellationToken);
            Assert.Same(self, Go.Current);
        });
        Goroutine<bool> blocked = scheduler.StartChecked(() =>
        {
            Assert.ThrowsAny<OperationCanceledException>(() => holdable.Use(source.Token));
        });
        await Limits.Until(() => Array.TrueForAll(cancelled, Waits) && Waits(blocked), "they wait", scheduler);
        Goroutine<bool> next = scheduler.StartChecked(() => holdable.UseAsync(CancellationToken.None));
        await Limits.Until(() => Waits(next), "the next waits", scheduler);
        await source.CancelAsync();
        await cancelled.Append(blocked).Within();
        Assert.False(next.Completion.IsCompleted);
        holdable.LetGo();
        await next.Within();
        Assert.True(holdable.IsFree());
    }

    [Theory]
    [MemberData(nameof(NamesAndProcessors))]
    public async Task Use_CancellationRacesLettingGo_NothingIsLostAndNothingHappensTwice(string name, int procs)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        await scheduler.StartChecked(async () =>
        {
            var holdable = Holdable.Make(name);
            long start = Stopwatch.GetTimestamp();
            int taken = 0, cancelled = 0, rounds = 0;
            for (; rounds < 100_000 && Stopwatch.GetElapsedTime(start) < s_longest; rounds++)
            {
                using var source = new CancellationTokenSource();
                holdable.Hold();
                Goroutine<bool> first = scheduler.Start(() => TryUse(holdable, source.Token));
                Goroutine<bool> second = scheduler.Start(() => TryUse(holdable, CancellationToken.None));
                if (rounds % 3 != 0)
                    await Go.Yield();
                Goroutine<bool> canceller = scheduler.StartChecked(source.Cancel);
                if (rounds % 2 != 0)
                    Thread.SpinWait(rounds % 16);
                if (rounds % 5 == 0)
                    await Go.Yield();
                holdable.LetGo();
                if (await first)
                    taken++;
                else
                    cancelled++;
                Assert.True(await second);
                Assert.True(await canceller);
                Assert.True(holdable.IsFree());
            }

            Assert.Equal(rounds, taken + cancelled);
            Assert.True(taken > 0 && cancelled > 0, $"{taken} taken and {cancelled} cancelled: there was no race.");
        }).Within();
    }

    [Theory]
    [MemberData(nameof(Holdable.Names), MemberType = typeof(Holdable))]
    public async Task Use_ThreadInterrupted_LeavesNoWaiterAndLosesNothing(string name)
    {
        var holdable = Holdable.Make(name);
        for (int round = 0; round < 200; round++)
        {
            holdable.Hold();
            Thread thread = InterruptTests.Waiting(
                () =>
                {
                    holdable.Use(CancellationToken.None);
                    Thread.Sleep(Timeout.Infinite);
                },
                out Func<bool> wasInterrupted);
            Task interrupting = Task.Run(thread.Interrupt);
            Thread.SpinWait(round % 128);
            holdable.LetGo();
            await interrupting;
            InterruptTests.Join(thread);
            Assert.True(wasInterrupted());
            Assert.True(holdable.IsFree());
        }
    }

    [Theory]
    [MemberData(nameof(Holdable.Names), MemberType = typeof(Holdable))]
    public async Task Dispose_GoroutinesWait_TheNextOutsideGetsIt(string name)
    {
        var holdable = Holdable.Make(name);
        holdable.Hold();
        using var test = TestScheduler.Create(out Scheduler scheduler);
        scheduler.StartMany(100, _ => holdable.UseAsync(CancellationToken.None));
        await Limits.UntilParked(scheduler, 100, "all wait");
        test.Dispose();
        Task next = holdable.UseAsync(CancellationToken.None);
        holdable.LetGo();
        await next.WaitAsync(Limits.Hang);
        Assert.True(holdable.IsFree());
    }

    [Theory]
    [MemberData(nameof(Holdable.Names), MemberType = typeof(Holdable))]
    public async Task Dispose_AGoroutineWaits_TheNextOfAnotherSchedulerGetsIt(string name)
    {
        var holdable = Holdable.Make(name);
        holdable.Hold();
        using (TestScheduler.Create(out Scheduler ended))
        {
            Goroutine waiting = ended.Start(async () => await holdable.UseAsync(CancellationToken.None));
            await Limits.Until(() => Waits(waiting), "it waits", ended);
        }

        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Goroutine<bool> next = scheduler.StartChecked(() => holdable.UseAsync(CancellationToken.None));
        await Limits.Until(() => Waits(next), "the next waits", scheduler);
        holdable.LetGo();
        await next.Within();
        Assert.True(holdable.IsFree());
    }

    [Theory]
    [MemberData(nameof(Holdable.Names), MemberType = typeof(Holdable))]
    public async Task Dispose_ItIsOnItsWayToAGoroutineThatNeverRuns_GoesToTheNext(string name)
    {
        foreach (bool othersWait in (bool[])[false, true])
        {
            var holdable = Holdable.Make(name);
            holdable.Hold();
            Task? next = null;
            await SchedulerDisposeWaiterTests.DisposeWithOneAwakeAsync(
                () => holdable.UseAsync(CancellationToken.None),
                () =>
                {
                    if (othersWait)
                        next = holdable.UseAsync(CancellationToken.None);
                    holdable.LetGo();
                });
            await (next ?? Task.CompletedTask).WaitAsync(Limits.Hang);
            Assert.True(holdable.IsFree());
        }
    }

    [Theory]
    [MemberData(nameof(Holdable.Names), MemberType = typeof(Holdable))]
    public void Run_HeldByTheWaiterItself_IsADeadlockThatNamesIt(string name)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var exception = Assert.Throws<DeadlockException>(() => scheduler.Run(async GoroutineBody () =>
        {
            var holdable = Holdable.Make(name);
            holdable.Hold();
            await scheduler.Start(holdable.UseInBody(CancellationToken.None));
        }));
        Assert.Equal(
            ["goroutine end", Holdable.Make(name).WaitReason],
            exception.Goroutines.OrderBy(goroutine => goroutine.Id).Select(goroutine => goroutine.WaitReason!));
    }

    [Theory]
    [MemberData(nameof(Holdable.Names), MemberType = typeof(Holdable))]
    public void Run_AThreadHoldsIt_IsNoDeadlock(string name)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        bool isSuspected = false;
        scheduler.DeadlockSuspected += (_, _) => isSuspected = true;
        var holdable = Holdable.Make(name);
        holdable.Hold();
        using var timer = new Timer(_ => holdable.LetGo(), null, TimeSpan.FromSeconds(1.5), Timeout.InfiniteTimeSpan);
        scheduler.Run(() => holdable.UseAsync(CancellationToken.None));
        Assert.False(isSuspected);
        Assert.True(holdable.IsFree());
    }

    [ReleaseIsEnough]
    [Theory]
    [MemberData(nameof(Holdable.Names), MemberType = typeof(Holdable))]
    public void Run_AGoroutineHoldsItAndAThreadCouldLetItGo_IsSuspectedToBeADeadlock(string name)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var holdable = Holdable.Make(name);
        int suspicions = 0;
        scheduler.DeadlockSuspected += (_, _) =>
        {
            Interlocked.Increment(ref suspicions);
            holdable.LetGo();
        };
        scheduler.Run(async () =>
        {
            holdable.Hold();
            await holdable.UseAsync(CancellationToken.None);
        });
        Assert.Equal(1, Volatile.Read(ref suspicions));
        Assert.True(holdable.IsFree());
    }

    [ReleaseIsEnough]
    [Theory]
    [MemberData(nameof(NamesAndProcessors))]
    public async Task Use_HeldByAnotherEachTime_AllocatesNothing(string name, int procs)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        var holdable = Holdable.Make(name);
        bool isWaitedFor = false;
        bool isOver = false;
        await scheduler.StartChecked(async () =>
        {
            Goroutine holder = Go.Start(LetGoOnDemand);
            await Allocations.AssertNoneAsync(Loop);
            Volatile.Write(ref isOver, true);
            await holder.Completion;
        }).Within();

        async Task LetGoOnDemand()
        {
            while (!Volatile.Read(ref isOver))
            {
                if (Volatile.Read(ref isWaitedFor))
                {
                    Volatile.Write(ref isWaitedFor, false);
                    holdable.LetGo();
                }

                await Go.Yield();
            }
        }

        ValueTask Loop() => holdable.UseHeldAsync(Allocations.Operations, () => Volatile.Write(ref isWaitedFor, true));
    }

    private static async Task<bool> TryUse(Holdable holdable, CancellationToken token)
    {
        try
        {
            await holdable.UseAsync(token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static bool Waits(Goroutine goroutine) => goroutine.Status is GoroutineStatus.Parked or GoroutineStatus.Blocked;
}
