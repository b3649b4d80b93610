using Weft.Tests.Support;

namespace Weft.Tests.Channels;

/// <summary>
/// An operation begun in one place and awaited in another, as a <see cref="ValueTask"/>, as a <see cref="Task"/>, and after ConfigureAwait.
/// </summary>
public sealed class ChanAwaitTests
{
    // Each kind of operation, awaited in each way, twice.
    private const int Rounds = 2 * 4 * 4;

    /// <summary>Who begins the operation, or awaits it.</summary>
    public enum Place
    {
        /// <summary>The test's own goroutine.</summary>
        Goroutine,

        /// <summary>Another goroutine, which ends after that.</summary>
        AnotherGoroutine,

        /// <summary>A goroutine whose flow has left it with ConfigureAwait(false).</summary>
        EscapedGoroutine,

        /// <summary>A thread of the pool.</summary>
        Pool,

        /// <summary>A thread that is nobody's.</summary>
        Thread,
    }

    /// <summary>When the operation's counterpart comes.</summary>
    public enum Moment
    {
        /// <summary>Before the operation is awaited.</summary>
        Before,

        /// <summary>When it is awaited for certain.</summary>
        After,

        /// <summary>At about the time when it is awaited.</summary>
        Meanwhile,
    }

    public static TheoryData<Place, Place, Moment> Everywhere()
    {
        var all = new TheoryData<Place, Place, Moment>();
        foreach (Place begins in Enum.GetValues<Place>())
        {
            foreach (Place awaits in Enum.GetValues<Place>())
            {
                foreach (Moment moment in Enum.GetValues<Moment>())
                    all.Add(begins, awaits, moment);
            }
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task Operations_BegunHereAndAwaitedThere_EndOnce(Place begins, Place awaits, Moment moment)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            var channel = new Chan<int>();
            for (int round = 0; round < Rounds; round++)
            {
                int value = round;
                Func<Task<int>> awaiting = await AtAsync(scheduler, begins, () => Task.FromResult(Begin(channel, value)));
                if (moment == Moment.Before)
                    Meet(channel, value);
                Task meeting = moment == Moment.Meanwhile ? Task.Run(() => Meet(channel, value)) : Task.CompletedTask;
                Task<int> ended = AtAsync(scheduler, awaits, () =>
                {
                    Task<int> result = awaiting();
                    if (moment == Moment.After)
                        Meet(channel, value);
                    return result;
                });
                Assert.Equal(value, await ended);
                await meeting;
            }
        }).Within();
    }

    /// <summary>Runs it there; the caller comes back to where it was.</summary>
    private static async Task<T> AtAsync<T>(Scheduler scheduler, Place place, Func<Task<T>> body)
    {
        switch (place)
        {
            case Place.Goroutine:
                return await body();
            case Place.AnotherGoroutine:
                return await scheduler.Start(body);
            case Place.EscapedGoroutine:
                return await scheduler.Start(async () =>
                {
                    await Task.Delay(0).ContinueWith(static _ => { }, TaskScheduler.Default)
                        .ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                    Assert.Null(Go.Current);
                    return await body().ConfigureAwait(false);
                });
            case Place.Pool:
                return await Task.Run(body);
            default:
                return await Task.Factory.StartNew(body, default, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        }
    }

    /// <summary>Begins an operation, of another kind each round, and gives what awaits it, in another way each round.</summary>
    private static Func<Task<int>> Begin(Chan<int> channel, int round)
    {
        switch (round % 4)
        {
            case 0:
                ReceiveAwaitable<int> receiving = channel.ReceiveAsync();
                return (round / 4 % 4) switch
                {
                    0 => async () => await receiving,
                    1 => async () => await receiving.ConfigureAwait(false),
                    2 => async () => await (ValueTask<int>)receiving,
                    _ => () => receiving.AsTask(),
                };
            case 1:
                SendAwaitable sending = channel.SendAsync(round);
                return (round / 4 % 4) switch
                {
                    0 => () => ValueAfterAsync(async () => await sending, round),
                    1 => () => ValueAfterAsync(async () => await sending.ConfigureAwait(false), round),
                    2 => () => ValueAfterAsync(async () => await (ValueTask)sending, round),
                    _ => () => ValueAfterAsync(() => sending.AsTask(), round),
                };
            case 2:
                ReceiveOrClosedAwaitable<int> closing = channel.ReceiveOrClosedAsync();
                return (round / 4 % 4) switch
                {
                    0 => async () => (await closing).Value,
                    1 => async () => (await closing.ConfigureAwait(false)).Value,
                    2 => async () => (await (ValueTask<Received<int>>)closing).Value,
                    _ => async () => (await closing.AsTask()).Value,
                };
            default:
                var select = new Select();
                ReceiveCase<int> receive = select.Receive(channel);
                SelectAwaitable selecting = select.WaitAsync();
                return (round / 4 % 4) switch
                {
                    0 => async () => ValueOf(await selecting, receive),
                    1 => async () => ValueOf(await selecting.ConfigureAwait(false), receive),
                    2 => async () => ValueOf(await (ValueTask<SelectCase>)selecting, receive),
                    _ => async () => ValueOf(await selecting.AsTask(), receive),
                };
        }
    }

    private static void Meet(Chan<int> channel, int round)
    {
        if (round % 4 != 1)
            Assert.True(channel.TrySend(round));
        else
            Assert.True(channel.TryReceive(out int value) && value == round);
    }

    private static async Task<int> ValueAfterAsync(Func<Task> sent, int value)
    {
        await sent();
        return value;
    }

    private static int ValueOf(SelectCase winner, ReceiveCase<int> receive)
    {
        Assert.Same(receive, winner);
        return receive.Value;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReceiveAsync_AwaitedByAnotherGoroutine_ComesBackToTheOneThatAwaits(bool keepsContext)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var channel = new Chan<int>();
        await scheduler.StartChecked(async () =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                ValueTask<int> receiving = channel.ReceiveAsync();
                Goroutine<bool> other = scheduler.StartChecked(async () =>
                {
                    Goroutine? self = Go.Current;
                    Assert.Equal(round, await receiving.ConfigureAwait(keepsContext));
                    Assert.Same(keepsContext ? self : null, Go.Current);
                });
                while (other.Status != GoroutineStatus.Parked)
                    await Go.Yield();
                Assert.True(channel.TrySend(round));
                await other;
            }
        }).Within();
    }

    [Fact]
    public async Task MoveNextAsync_AwaitedElsewhere_GivesEachValueOnce()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            var channel = new Chan<int>();
            IAsyncEnumerator<int> values = channel.GetAsyncEnumerator();
            for (int round = 0; round < Rounds; round++)
            {
                ValueTask<bool> moving = values.MoveNextAsync();
                Task<bool> elsewhere = (round % 3) switch
                {
                    0 => moving.AsTask(),
                    1 => scheduler.Start(async () => await moving).Task,
                    _ => Task.Run(async () => await moving),
                };
                if (round % 2 == 0)
                    await Go.Yield();
                Assert.True(channel.TrySend(round));
                Assert.True(await elsewhere);
                Assert.Equal(round, values.Current);
            }

            ValueTask<bool> last = values.MoveNextAsync();
            channel.Close();
            Assert.False(await Task.Run(async () => await last));
        }).Within();
    }

    [Fact]
    public async Task AsTask_AwaitedByManyAtOnce_GivesAllTheSame()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var channel = new Chan<int>();
        Task<int> receiving = channel.ReceiveAsync().AsTask();
        Goroutine<int>[] goroutines = [.. Enumerable.Range(0, 10).Select(_ => scheduler.Start(() => receiving))];
        Task<int>[] threads = [.. Enumerable.Range(0, 10).Select(_ => Task.Run(() => receiving))];
        Assert.True(channel.TrySend(7));
        Assert.All(await goroutines.Within(), value => Assert.Equal(7, value));
        Assert.All(await Task.WhenAll(threads).Within(scheduler), value => Assert.Equal(7, value));
    }
}
