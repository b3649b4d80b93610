using Weft.Tests.Support;

namespace Weft.Tests.Channels;

public sealed class TimerChannelTests
{
    [Fact]
    public async Task After_InASelect_WinsWhenNothingElseDoes()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartMany(1, async _ =>
        {
            var select = new Select();
            select.Receive(new Chan<int>());
            ReceiveCase<TimeSpan> after = select.Receive(Go.After(TimeSpan.FromMilliseconds(5)));
            Assert.Same(after, await select.WaitAsync());
            Assert.InRange(after.Value, TimeSpan.FromMilliseconds(5), Limits.Hang);
        }).Within();
    }

    [Fact]
    public async Task Ticker_IsReceivedFrom_TicksAgainAndAgain()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartMany(1, async _ =>
        {
            using var ticker = new Ticker(TimeSpan.FromMilliseconds(2));
            for (int i = 0; i < 5; i++)
                Assert.InRange(await ticker.Channel.ReceiveAsync(), TimeSpan.Zero, Limits.Hang);
        }).Within();
    }

    [Fact]
    public async Task Ticker_NobodyReceives_HoldsOneTick()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartMany(1, async _ =>
        {
            using var ticker = new Ticker(TimeSpan.FromMilliseconds(1));
            await Limits.Until(() => ticker.Channel.Count > 0, "it has ticked", scheduler);

            // Time for more ticks; whether they come or not, the one is there and no other.
            await Go.SleepAsync(TimeSpan.FromMilliseconds(20));
            Assert.Equal(1, ticker.Channel.Count);
        }).Within();
    }

    [Fact]
    public async Task Ticker_StoppedOrReset_LeavesNoStaleTick()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartMany(1, async _ =>
        {
            using var ticker = new Ticker(TimeSpan.FromMilliseconds(1));
            for (int round = 0; round < 50; round++)
            {
                await Limits.Until(() => ticker.Channel.Count == 1, "it has ticked", scheduler);
                if (round % 2 == 0)
                    ticker.Stop();
                else
                    ticker.Reset(TimeSpan.FromHours(1));
                Assert.False(ticker.Channel.TryReceive(out TimeSpan _));
                ticker.Reset(TimeSpan.FromMilliseconds(1));
            }

            ticker.Dispose();
            Assert.True(ticker.Channel.IsClosed);
            ticker.Stop();
        }).Within();
    }

    [Fact]
    public void Ticker_BadPeriod_NamesIt() => Assert.Throws<ArgumentOutOfRangeException>("period", () => new Ticker(TimeSpan.Zero));
}
