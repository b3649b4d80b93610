using System.Diagnostics;
using Weft.Tests.Support;
using Weft.Threads.Platforms;

namespace Weft.Tests.Goroutines;

/// <summary>What a <see cref="BlockingHabit"/> learns where runs differ, or where several habits meet in one goroutine.</summary>
public sealed class BlockingHabitMixTests
{
    // More than change what is expected, whatever was before.
    private const int Many = 60;

    private static readonly TimeSpan s_long = TimeSpan.FromMilliseconds(2);

    [Fact]
    public async Task MayBlock_ShortRunsAndSuchThatComputeByTurns_AreNoLongerExpectedToBlock()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "This system does not tell what a thread has computed.");
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var habit = new BlockingHabit();
        await scheduler.StartChecked(() =>
        {
            Repeat(habit, () => Thread.Sleep(s_long));
            Assert.True(habit.BlocksAtOnce);
            RepeatByTurns(habit, () => { }, Compute);
        }).Within();
        Assert.False(habit.BlocksAtOnce);
    }

    [Fact]
    public async Task MayBlock_InsideOneThatIsExpectedToBlock_LearnsWhatItDoesItself()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "This system does not tell what a thread has computed.");
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        BlockingHabit outer = new(), computes = new(), sleeps = new();
        await scheduler.StartChecked(() =>
        {
            Repeat(outer, () => Thread.Sleep(s_long));
            Assert.True(outer.BlocksAtOnce);
            Go.MayBlock(outer, () =>
            {
                RepeatByTurns(computes, () => { }, Compute);
                Repeat(sleeps, () => Thread.Sleep(s_long));
            });
        }).Within();
        Assert.False(computes.BlocksAtOnce);
        Assert.True(sleeps.BlocksAtOnce);
    }

    [Fact]
    public async Task MayBlock_WhereTheSystemDoesNotTell_DoesNotLearnFromAnotherHabit()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, platform: new ManagedThreadPlatform());
        BlockingHabit waits = new(), computes = new();
        using var never = new ManualResetEvent(false);
        await scheduler.StartChecked(() =>
        {
            Repeat(waits, () => never.WaitOne(s_long));
            Assert.True(waits.BlocksAtOnce);
            for (int i = 0; i < Many; i++)
            {
                Go.MayBlock(waits, () => never.WaitOne(s_long)); // has no processor from here on
                Go.MayBlock(computes, Compute);
            }
        }).Within();
        Assert.False(computes.BlocksAtOnce);
    }

    [Fact]
    public async Task MayBlock_SameHabitInside_LearnsAndReturns()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        var habit = new BlockingHabit();
        await scheduler.StartChecked(() => Repeat(habit, () => Go.MayBlock(habit, () => Thread.Sleep(s_long)))).Within();
        Assert.True(habit.BlocksAtOnce);
    }

    [Fact]
    public async Task MayBlock_InADeclaredCallOfALockedGoroutine_LearnsNothing()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var habit = new BlockingHabit();
        await scheduler.StartChecked(() =>
        {
            using (Go.LockOSThread())
                Go.Blocking(() => Repeat(habit, () => Thread.Sleep(s_long)));
        }).Within();
        Assert.False(habit.BlocksAtOnce);
    }

    [Fact]
    public async Task MayBlock_ShortDetailBeforeAnAwait_LeavesWhatFollowsToTheOuterHabit()
    {
        using TestScheduler _ = CreateWithFlows(out Scheduler scheduler);
        BlockingHabit outer = new(), detail = new();
        for (int i = 0; i < Many; i++)
        {
            await scheduler.RunAsync(() => Go.MayBlock(
                outer,
                async () =>
                {
                    Go.MayBlock(detail, () => 1);
                    await Task.Yield();
                    await Go.MayBlock(detail, SleepLaterAsync);
                })).Task.Within(scheduler);
        }

        Assert.True(outer.BlocksAfterAwait);
        Assert.False(detail.BlocksAfterAwait);
    }

    [Fact]
    public async Task MayBlock_CallsOneAfterTheOtherInFlows_LearnEachItsOwn()
    {
        using TestScheduler _ = CreateWithFlows(out Scheduler scheduler);
        BlockingHabit first = new(), second = new(), third = new();
        for (int i = 0; i < Many; i++)
        {
            await scheduler.RunAsync(async () =>
            {
                Go.MayBlock(third, () => 3);
                await Go.MayBlock(first, SleepLaterAsync);
                await Go.MayBlock(second, SleepLaterAsync);
                await Assert.ThrowsAsync<InvalidOperationException>(() => Go.MayBlock(third, Refuse));
                await SleepLaterAsync();
            }).Task.Within(scheduler);
        }

        Assert.True(first.BlocksAfterAwait);
        Assert.True(second.BlocksAfterAwait);
        Assert.False(third.BlocksAfterAwait);
    }

    [Fact]
    public async Task MayBlock_ShortRuns_AllocateNothing()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        var habit = new BlockingHabit();
        await scheduler.RunAsync(() => Allocations.AssertNoneAsync(() =>
        {
            for (int i = 0; i < Allocations.Operations; i++)
            {
                Go.MayBlock(habit, static () => { });
                Go.MayBlock(habit, static () => 1);
                Go.MayBlock(habit, static state => state, 2);
            }

            return default;
        })).Task.Within(scheduler);
        Assert.False(habit.BlocksAtOnce);
    }

    private static TestScheduler CreateWithFlows(out Scheduler scheduler) =>
        TestScheduler.Create(new SchedulerOptions { Name = TestScheduler.NextName(), ConcurrentFlows = true }, out scheduler);

    private static Task Refuse() => throw new InvalidOperationException("on purpose");

    private static async Task SleepLaterAsync()
    {
        await Task.Yield();
        Thread.Sleep(s_long);
    }

    private static void Repeat(BlockingHabit habit, Action call)
    {
        for (int i = 0; i < Many; i++)
            Go.MayBlock(habit, call);
    }

    private static void RepeatByTurns(BlockingHabit habit, Action one, Action other)
    {
        for (int i = 0; i < Many; i++)
            Go.MayBlock(habit, i % 2 == 0 ? one : other);
    }

    // For as long on a CPU as others sleep, however often the thread loses it meanwhile.
    private static void Compute()
    {
        for (long turns = 0, begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < s_long || turns < 1_000; turns++)
            Thread.SpinWait(20);
    }
}
