using Weft.Tests.Support;

namespace Weft.Tests.Channels.Selecting;

/// <summary>Cancellation as a case: no cancellation is missed, none ends a wait that is not for it, and a token keeps no select.</summary>
public sealed class CancelledCaseTests
{
    [Fact]
    public async Task WaitAsync_TokenCancelledBefore_WinsAtOnce()
    {
        var select = new Select();
        select.Receive(new Chan<int>());
        CancelledCase stop = select.Cancelled(new CancellationToken(canceled: true));
        Assert.Same(stop, await select.WaitAsync());
        Assert.Same(stop, select.TryWait());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WaitAsync_CancelledWhileItWaits_Wins(bool outside)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        using var source = new CancellationTokenSource();
        Task waiting = outside ? WaitAsync() : scheduler.StartChecked(WaitAsync).Task;
        if (!outside)
            await Limits.UntilParked(scheduler, 1, "it waits");
        await source.CancelAsync();
        await waiting.Within(scheduler);

        async Task WaitAsync()
        {
            var select = new Select();
            select.Receive(new Chan<int>());
            CancelledCase stop = select.Cancelled(source.Token);
            Assert.Same(stop, await select.WaitAsync());
        }
    }

    [Fact]
    public async Task WaitAsync_TokenThatCannotBeCancelled_IsOff()
    {
        var select = new Select();
        CancelledCase stop = select.Cancelled(CancellationToken.None);
        TimeoutCase late = select.Timeout(TimeSpan.FromMilliseconds(1));
        Assert.Same(late, await select.WaitAsync());
        stop.Token = new CancellationToken(canceled: true);
        Assert.Same(stop, await select.WaitAsync());
        stop.Token = CancellationToken.None;
        Assert.Null(select.TryWait());
    }

    [Fact]
    public async Task Token_SetWhileTheSelectWaits_IsRefused()
    {
        using var source = new CancellationTokenSource();
        var select = new Select();
        CancelledCase stop = select.Cancelled(source.Token);
        SelectAwaitable waiting = select.WaitAsync();
        Assert.Throws<InvalidOperationException>(() => stop.Token = default);
        await source.CancelAsync();
        Assert.Same(stop, await waiting);
    }

    [Fact]
    public void WaitAsync_OnlyACancellationCanEndIt_IsNoDeadlock()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        scheduler.Run(async () =>
        {
            using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
            var select = new Select();
            CancelledCase stop = select.Cancelled(source.Token);
            Assert.Same(stop, await select.WaitAsync());
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task WaitAsync_CancelledAsAnotherCaseWins_DoesNotEndTheNextWait(int procs)
    {
        const int Rounds = 3_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        var numbers = new Chan<int>(1);
        using var endless = new CancellationTokenSource();
        await scheduler.StartChecked(async () =>
        {
            var select = new Select();
            ReceiveCase<int> number = select.Receive(numbers);
            CancelledCase stop = select.Cancelled(endless.Token);
            for (int round = 0; round < Rounds; round++)
            {
                using var ending = new CancellationTokenSource();
                stop.Token = ending.Token;
                SelectAwaitable waiting = select.WaitAsync();
                Task sending = Task.Run(() =>
                {
                    Thread.SpinWait(round % 256);
                    Assert.True(numbers.TrySend(round));
                });
                Task cancelling = Task.Run(ending.Cancel);
                if (await waiting == stop)
                    await numbers.ReceiveAsync();

                // The cancellation may still be on its way to the first wait.
                stop.Token = endless.Token;
                SelectAwaitable next = select.WaitAsync();
                await cancelling;
                await sending;
                Assert.True(numbers.TrySend(-round));
                Assert.Same(number, await next);
                Assert.Equal(-round, number.Value);
            }
        }).Within();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task WaitAsync_CancelledAsWaitsBegin_IsNotMissed(int procs)
    {
        const int Rounds = 3_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        await scheduler.StartChecked(async () =>
        {
            var select = new Select();
            select.Receive(new Chan<int>());
            CancelledCase stop = select.Cancelled(default);
            for (int round = 0; round < Rounds; round++)
            {
                using var source = new CancellationTokenSource();
                stop.Token = source.Token;
                Task cancelling = Task.Run(source.Cancel);
                Thread.SpinWait(round % 512);
                Assert.Same(stop, await select.WaitAsync());
                await cancelling;
            }
        }).Within();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task WaitAsync_InALoopOverALongLivedToken_IsWonByTheChannelEachTime(int procs)
    {
        const int Rounds = 200_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        using var endless = new CancellationTokenSource();
        await scheduler.StartChecked(async () =>
        {
            var busy = new Chan<int>();
            Goroutine<bool> sender = Go.Start(async () =>
            {
                for (int round = 0; round < Rounds; round++)
                    await busy.SendAsync(round, endless.Token);
                return true;
            });
            var select = new Select();
            ReceiveCase<int> number = select.Receive(busy);
            CancelledCase stop = select.Cancelled(endless.Token);
            for (int round = 0; round < Rounds; round++)
            {
                Assert.Same(number, await select.WaitAsync());
                Assert.Equal(round, number.Value);
            }

            await sender;
            await endless.CancelAsync();
            Assert.Same(stop, await select.WaitAsync());
        }).Within();
    }
}
