using Weft.Tests.Support;

namespace Weft.Tests.Channels;

public sealed class GoTimerTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan s_long = TimeSpan.FromHours(1);

    [Fact]
    public async Task Channel_TimeIsOver_GetsTheTimeThatHasPassedOnce()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            var timer = new GoTimer(s_short);
            Assert.InRange(await timer.Channel.ReceiveAsync(), s_short, Limits.Hang);
            Assert.False(timer.IsActive);
            Assert.False(timer.Stop());
            Assert.False(timer.Channel.TryReceive(out TimeSpan _));
        }).Within();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task GoTimer_NoTimeToPass_IsOverAtOnce(int milliseconds)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var duration = TimeSpan.FromMilliseconds(milliseconds);
        await scheduler.StartChecked(async () => await new GoTimer(duration).Channel.ReceiveAsync()).Within();
    }

    [Fact]
    public async Task Stop_BeforeTheTimeIsOver_IsTrueOnce()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(() =>
        {
            foreach (TimeSpan duration in new[] { s_long, TimeSpan.MaxValue })
            {
                var timer = new GoTimer(duration);
                Assert.True(timer.IsActive);
                Assert.True(timer.Stop());
                Assert.False(timer.IsActive);
                Assert.False(timer.Stop());
            }
        }).Within();
    }

    [Fact]
    public async Task Stop_ValueNotReceived_TakesItBackAndIsTrue()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            var timer = new GoTimer(s_short);
            await Limits.Until(() => timer.Channel.Count == 1, "it is over", scheduler);
            Assert.True(timer.Stop());
            Assert.False(timer.Channel.TryReceive(out TimeSpan _));
        }).Within();
    }

    [Fact]
    public async Task Reset_InAnyState_SaysWhetherItWasActive()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            var timer = new GoTimer(s_long);
            Assert.True(timer.Reset(s_short));
            await timer.Channel.ReceiveAsync();
            Assert.False(timer.Reset(s_long));
            Assert.True(timer.Stop());
            Assert.False(timer.Reset(s_short));
            await timer.Channel.ReceiveAsync();
        }).Within();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Stop_RacesTheEnd_AValueComesOrItSaysTrue(int procs)
    {
        const int Rounds = 5_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        await scheduler.StartChecked(async () =>
        {
            var timer = new GoTimer(s_long);
            for (int round = 0; round < Rounds; round++)
            {
                timer.Reset(TimeSpan.FromMicroseconds(round % 50));
                Thread.SpinWait(round % 512);
                if (round % 7 == 0)
                    await Go.Yield();
                bool received = timer.Channel.TryReceive(out TimeSpan _);
                Assert.NotEqual(received, timer.Stop());
                await Go.Yield();
                Assert.False(timer.Channel.TryReceive(out TimeSpan _), "A value of before the stop.");
            }
        }).Within();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task AfterFunc_StopRacesTheEnd_RunsOrItSaysTrue(int procs)
    {
        const int Rounds = 3_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        await scheduler.StartChecked(async () =>
        {
            var ran = new Chan<int>();
            for (int round = 0; round < Rounds; round++)
            {
                int mine = round;
                GoTimer timer = Go.AfterFunc(TimeSpan.FromMicroseconds(round % 50), () => ran.SendAsync(mine).AsTask());
                Thread.SpinWait(round % 512);
                if (round % 7 == 0)
                    await Go.Yield();
                if (!timer.Stop())
                    Assert.Equal(round, await ran.ReceiveAsync());
            }
        }).Within();
        Assert.Equal(0, scheduler.Statistics.Timers);
    }

    [Fact]
    public async Task AfterFunc_TimeIsOver_StartsAGoroutineOfTheSchedulerWithTheCallersValues()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var local = new AsyncLocal<string>();
        var seen = new TaskCompletionSource<(Goroutine? Goroutine, string? Local)>(TaskCreationOptions.RunContinuationsAsynchronously);
        await scheduler.StartChecked(async () =>
        {
            local.Value = "mine";
            GoTimer timer = Go.AfterFunc(s_short, () => seen.SetResult((Go.Current, local.Value)));
            local.Value = "changed";
            (Goroutine? goroutine, string? value) = await seen.Task;
            Assert.Same(scheduler, goroutine!.Scheduler);
            Assert.StartsWith("GoTimerTests.cs:", goroutine.StartSite, StringComparison.Ordinal);
            Assert.Equal("mine", value);
            Assert.False(timer.Stop());
            Assert.Equal(0, timer.Channel.Count);
        }).Within();
    }

    [Fact]
    public async Task Reset_OfAfterFunc_RunsTheBodyAgain()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            var ran = new Chan<int>(1);
            GoTimer timer = Go.AfterFunc(s_long, async () => await ran.SendAsync(1));
            Assert.True(timer.Reset(s_short));
            await ran.ReceiveAsync();
            Assert.False(timer.Reset(s_short));
            await ran.ReceiveAsync();
        }).Within();
    }

    [Fact]
    public void Run_OnlyAnAfterFuncCanWakeMain_IsNoDeadlock()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        scheduler.Run(async () =>
        {
            var woken = new Chan<int>();
            Go.AfterFunc(TimeSpan.FromMilliseconds(50), async () => await woken.SendAsync(1));
            Assert.Equal(1, await woken.ReceiveAsync());
        });
    }

    [Fact]
    public async Task Dispose_OfTheScheduler_StartsNothingThatIsPending()
    {
        int ran = 0;
        using (TestScheduler.Create(out Scheduler scheduler))
            await scheduler.StartChecked(() => { Go.AfterFunc(s_long, () => { ran++; }); }).Within();
        Assert.Equal(0, ran);
    }

    [Fact]
    public void AfterFunc_NoBody_NamesIt()
    {
        Assert.Equal("body", Assert.Throws<ArgumentNullException>(() => Go.AfterFunc(s_short, (Action)null!)).ParamName);
        Assert.Equal("body", Assert.Throws<ArgumentNullException>(() => Go.AfterFunc(s_short, (Func<Task>)null!)).ParamName);
    }

    [Fact]
    public async Task Ticker_StopAndReset_SayWhetherItWasOn()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(() =>
        {
            using var ticker = new Ticker(s_long);
            Assert.True(ticker.Reset(s_long));
            Assert.True(ticker.Stop());
            Assert.False(ticker.Stop());
            Assert.False(ticker.Reset(s_long));
        }).Within();
    }
}
