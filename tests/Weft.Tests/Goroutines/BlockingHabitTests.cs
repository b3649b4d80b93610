using System.Diagnostics;
using Weft.Runtime.Core;
using Weft.Tests.Support;

namespace Weft.Tests.Goroutines;

/// <summary><see cref="Go.MayBlock(BlockingHabit, Action)"/>: what is learned, and how code runs that is expected to block.</summary>
public sealed class BlockingHabitTests
{
    // More than change what is expected, whatever was before.
    private const int Many = 30;

    private static readonly TimeSpan s_long = TimeSpan.FromMilliseconds(2);

    [Fact]
    public async Task MayBlock_RunsThatSleep_AreExpectedToBlock()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var habit = new BlockingHabit();
        await scheduler.StartChecked(() => Repeat(habit, () => Thread.Sleep(s_long))).Within();
        Assert.True(habit.BlocksAtOnce);
        Assert.False(habit.BlocksAfterAwait);
    }

    [Fact]
    public async Task MayBlock_RunsInManagedWaits_AreExpectedToBlock()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var habit = new BlockingHabit();
        using var never = new ManualResetEvent(false); // a task is looked at for a while first: it may end without a wait on a busy CPU
        await scheduler.StartChecked(() => Repeat(habit, () => never.WaitOne(s_long))).Within();
        Assert.True(habit.BlocksAtOnce);
    }

    [Fact]
    public async Task MayBlock_RunsThatCompute_AreNot()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var habit = new BlockingHabit();
        await scheduler.StartChecked(() => Repeat(habit, Compute)).Within();
        Assert.False(habit.BlocksAtOnce);
    }

    [Fact]
    public async Task MayBlock_ShortRunsAfterThoseThatBlocked_AreNoLonger()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var habit = new BlockingHabit();
        await scheduler.StartChecked(() =>
        {
            Repeat(habit, () => Thread.Sleep(s_long));
            Assert.True(habit.BlocksAtOnce);
            Repeat(habit, () => { });
        }).Within();
        Assert.False(habit.BlocksAtOnce);
    }

    [Fact]
    public async Task MayBlock_RunsThatComputeAfterThoseThatBlocked_AreNoLonger()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "This system does not tell what a thread has computed.");
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var habit = new BlockingHabit();
        await scheduler.StartChecked(() =>
        {
            Repeat(habit, () => Thread.Sleep(s_long));
            Repeat(habit, Compute);
        }).Within();
        Assert.False(habit.BlocksAtOnce);
    }

    [Fact]
    public async Task MayBlock_ExpectedToBlock_HandsTheProcessorOnItself()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        BlockingHabit habit = await LearnedAsync(scheduler);
        SchedulerStatistics before = scheduler.Statistics;
        await scheduler.StartChecked(() => Go.MayBlock(habit, () => Native.SleepMicroseconds(1_000))).Within();
        SchedulerStatistics after = scheduler.Statistics;
        Assert.Equal(before.HandOffsExplicit + 1, after.HandOffsExplicit);
        Assert.Equal(before.HandOffsByMonitor, after.HandOffsByMonitor);
    }

    [Fact]
    public async Task MayBlock_ManyExpectedToBlock_DoSoAtOnceOnOneProcessor()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        BlockingHabit habit = await LearnedAsync(scheduler);
        using var all = new Barrier(20);
        await scheduler.StartMany(all.ParticipantCount, _ => Go.MayBlock(habit, () => Meet(all))).Within();

        static void Meet(Barrier all) => Assert.True(all.SignalAndWait(Limits.Hang));
    }

    [Fact]
    public async Task MayBlock_EveryOperationInside_Works()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        BlockingHabit habit = await LearnedAsync(scheduler);
        await scheduler.StartMany(50, i => Go.MayBlock(
            habit,
            async () =>
            {
                Goroutine? self = Go.Current;
                var channel = new Chan<int>();
                Goroutine<int> child = Go.Start(() => channel.Receive());
                channel.Send(i);
                Assert.Equal(i, child.Task.Result);
                Task<int> later = LaterAsync();
                Assert.Equal(1, later.Result);
                Assert.Equal(2, Go.Blocking(() => 2));
                using (Go.LockOSThread())
                    Go.Sleep(TimeSpan.FromMicroseconds(10));
                var golock = new GoLock();
                using (golock.Lock())
                    Assert.Same(self, Go.Current);
                Go.Start(() => channel.Send(3));
                Assert.Equal(3, await channel.ReceiveAsync());
                await Go.Yield();
                Assert.Same(self, Go.Current);
            })).Within();

        static async Task<int> LaterAsync()
        {
            await Task.Yield();
            await Go.SleepAsync(TimeSpan.FromMicroseconds(50));
            return 1;
        }
    }

    [Fact]
    public async Task MayBlock_ExpectedToBlock_GoesOnWithAProcessorAfterAnAwait()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        BlockingHabit habit = await LearnedAsync(scheduler);
        (bool without, bool with) = await scheduler.Start(async () =>
        {
            bool hasNone = Go.MayBlock(habit, () => Machine.Calling!.Processor is null);
            await Go.Yield();
            return (hasNone, Machine.Calling!.Processor is not null);
        }).Within();
        Assert.True(without);
        Assert.True(with);
    }

    [Fact]
    public async Task MayBlock_FlowsThatSleepAfterAnAwait_AreExpectedTo()
    {
        using var _ = TestScheduler.Create(
            new SchedulerOptions { Name = TestScheduler.NextName(), ConcurrentFlows = true }, out Scheduler scheduler);
        var habit = new BlockingHabit();
        for (int i = 0; i < Many; i++)
        {
            await scheduler.RunAsync(() => Go.MayBlock(
                habit,
                async () =>
                {
                    await Task.Yield();
                    Thread.Sleep(s_long);
                })).Task.Within(scheduler);
        }

        Assert.False(habit.BlocksAtOnce);
        Assert.True(habit.BlocksAfterAwait);
    }

    [Fact]
    public async Task MayBlock_Throws_LearnsAndPassesItOn()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var habit = new BlockingHabit();
        await scheduler.StartChecked(() =>
        {
            for (int i = 0; i < Many; i++)
                Assert.Throws<InvalidOperationException>(() => Go.MayBlock(habit, SleepAndThrow));
        }).Within();
        Assert.True(habit.BlocksAtOnce);

        static void SleepAndThrow()
        {
            Thread.Sleep(s_long);
            throw new InvalidOperationException("on purpose");
        }
    }

    [Fact]
    public async Task MayBlock_OutsideGoroutinesAndInDeclaredCalls_LearnsNothing()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var habit = new BlockingHabit();
        Repeat(habit, () => Thread.Sleep(s_long));
        await scheduler.StartChecked(() => Go.Blocking(() => Repeat(habit, () => Thread.Sleep(s_long)))).Within();
        Assert.False(habit.BlocksAtOnce);
    }

    [Fact]
    public void MayBlock_Forms_ReturnWhatTheCallDoes()
    {
        var habit = new BlockingHabit();
        Assert.Equal(1, Go.MayBlock(habit, () => 1));
        Assert.Equal(3, Go.MayBlock(habit, static state => state + 1, 2));
    }

    [Fact]
    public void MayBlock_Null_IsRefused()
    {
        var habit = new BlockingHabit();
        Assert.Throws<ArgumentNullException>("habit", () => Go.MayBlock(null!, () => { }));
        Assert.Throws<ArgumentNullException>("call", () => Go.MayBlock(habit, (Action)null!));
        Assert.Throws<ArgumentNullException>("call", () => Go.MayBlock(habit, (Func<int>)null!));
        Assert.Throws<ArgumentNullException>("call", () => Go.MayBlock(habit, (Func<int, int>)null!, 0));
    }

    private static async Task<BlockingHabit> LearnedAsync(Scheduler scheduler)
    {
        var habit = new BlockingHabit();
        await scheduler.StartChecked(() => Repeat(habit, () => Thread.Sleep(s_long))).Within();
        Assert.True(habit.BlocksAtOnce);
        return habit;
    }

    private static void Repeat(BlockingHabit habit, Action call)
    {
        for (int i = 0; i < Many; i++)
            Go.MayBlock(habit, call);
    }

    // For as long on a CPU as others sleep, however often the thread loses it meanwhile.
    private static void Compute()
    {
        for (long turns = 0, begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < s_long || turns < 1_000; turns++)
            Thread.SpinWait(20);
    }
}
