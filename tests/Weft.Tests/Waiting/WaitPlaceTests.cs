using System.Threading.Channels;
using Weft.Tests.Support;

namespace Weft.Tests.Waiting;

/// <summary>
/// Every wait comes back to where it was awaited: a goroutine, a foreign <see cref="SynchronizationContext"/>, a
/// <see cref="TaskScheduler"/>.
/// </summary>
public sealed class WaitPlaceTests
{
    private static readonly TimeSpan s_aMoment = TimeSpan.FromMilliseconds(1);

    /// <summary>Where the wait is awaited.</summary>
    public enum Place
    {
        /// <summary>A goroutine's own flow.</summary>
        Goroutine,

        /// <summary>An exclusive scheduler on .NET's pool, as a grain's turn has it.</summary>
        Exclusive,

        /// <summary>The scheduler's own <see cref="Scheduler.TaskScheduler"/>.</summary>
        TaskScheduler,

        /// <summary>An exclusive scheduler on top of that.</summary>
        ExclusiveOnTop,

        /// <summary>The context of a thread of its own.</summary>
        Pump,

        /// <summary>That context, set in a goroutine.</summary>
        PumpInAGoroutine,
    }

    private static readonly Dictionary<string, Func<Task>> s_waits = new()
    {
        ["yield"] = async () => await Go.Yield(),
        ["sleep for no time"] = async () => await Go.SleepAsync(TimeSpan.Zero),
        ["sleep"] = async () => await Go.SleepAsync(s_aMoment),
        ["sleep with a token"] = async () =>
        {
            using var source = new CancellationTokenSource();
            await Go.SleepAsync(s_aMoment, source.Token);
        },
        ["cancelled sleep"] = async () =>
        {
            using var source = new CancellationTokenSource(s_aMoment);
            await Assert.ThrowsAsync<OperationCanceledException>(async () => await Go.SleepAsync(TimeSpan.MaxValue, source.Token));
        },
        ["sleep as a ValueTask"] = async () => await Go.SleepAsync(s_aMoment).AsValueTask(),
        ["sleep as a task"] = async () => await Go.SleepAsync(s_aMoment).AsTask(),
        ["receive"] = async () => await Soon(channel => channel.Send(1)).ReceiveAsync(),
        ["receive or closed"] = async () => await Soon(channel => channel.Close()).ReceiveOrClosedAsync(),
        ["receive as a ValueTask"] = async () => await Soon(channel => channel.Send(1)).ReceiveAsync().AsValueTask(),
        ["send"] = async () => await Soon(channel => channel.Receive()).SendAsync(1),
        ["foreach"] = async () =>
        {
            await foreach (int _ in Soon(channel =>
            {
                channel.Send(1);
                channel.Close();
            }))
            {
            }
        },
        ["adapter"] = async () =>
        {
            ChannelReader<int> reader = Soon(channel =>
            {
                channel.Send(1);
                channel.Send(1);
                channel.Close();
            }).AsChannel().Reader;
            Assert.True(await reader.WaitToReadAsync());
            await reader.ReadAsync();
            await foreach (int _ in reader.ReadAllAsync())
            {
            }

            await reader.Completion;
        },
        ["after"] = async () => await Go.After(s_aMoment).ReceiveAsync(),
        ["ticker"] = async () =>
        {
            using var ticker = new Ticker(s_aMoment);
            await ticker.Channel.ReceiveAsync();
        },
        ["select"] = async () =>
        {
            var select = new Select();
            select.Receive(Soon(channel => channel.Send(1)));
            await select.WaitAsync();
        },
        ["select over a time"] = async () => await new Select().OnTimeout(s_aMoment, static () => { }).RunAsync(),
        ["select over a task"] = async () =>
        {
            var select = new Select();
            select.Task(Task.Delay(s_aMoment));
            await select.WaitAsync();
        },
        ["lock"] = async () =>
        {
            var @lock = new GoLock();
            Assert.True(@lock.TryLock());
            _ = Task.Delay(s_aMoment).ContinueWith(_ => @lock.Unlock(), TaskScheduler.Default);
            using (await @lock.LockAsync())
            {
            }
        },
        ["wait group"] = async () =>
        {
            var group = new WaitGroup();
            group.Go(static async () => await Go.SleepAsync(s_aMoment));
            await group.WaitAsync();
        },
        ["group"] = async () =>
        {
            await using var group = new GoroutineGroup { Limit = 1 };
            await group.StartAsync(static async () => await Go.SleepAsync(s_aMoment));
            await group.StartAsync(static async () => await Go.SleepAsync(s_aMoment));
            await group.WaitAsync();
        },
        ["group of a method"] = async () => await GoroutineGroup.RunAllAsync(
            [1, 2, 3],
            static async (i, token) =>
            {
                await Go.SleepAsync(s_aMoment, token);
                return i;
            },
            limit: 1),
        ["goroutine"] = async () => await Go.Start(static async () =>
        {
            await Go.SleepAsync(s_aMoment);
            return 1;
        }),
        ["goroutine without a result"] = async () => await Go.Start(static async () => await Go.SleepAsync(s_aMoment)).Completion,
    };

    public static TheoryData<Place, string> Everywhere()
    {
        var all = new TheoryData<Place, string>();
        foreach (Place place in Enum.GetValues<Place>())
        {
            foreach (string wait in s_waits.Keys)
                all.Add(place, wait);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task Await_OfAnyWait_GoesOnWhereItBegan(Place place, string wait)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        using var pump = new PumpContext();
        TaskScheduler? on = place switch
        {
            Place.Exclusive => new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler,
            Place.TaskScheduler => scheduler.TaskScheduler,
            Place.ExclusiveOnTop => new ConcurrentExclusiveSchedulerPair(scheduler.TaskScheduler).ExclusiveScheduler,
            _ => null,
        };

        async Task<bool> WaitAsync()
        {
            Goroutine? before = Go.Current;
            bool isWeft = place is Place.Goroutine or Place.TaskScheduler or Place.ExclusiveOnTop;
            Assert.Equal(isWeft || place == Place.PumpInAGoroutine, TaskList.IsCurrentOf(scheduler));
            if (place == Place.PumpInAGoroutine)
                SynchronizationContext.SetSynchronizationContext(pump);

            // The pump's thread may be through with the wait before this one looks: then the await would go on here, as with any task.
            ConfigureAwaitOptions options = ConfigureAwaitOptions.ContinueOnCapturedContext;
            if (place == Place.PumpInAGoroutine)
                options |= ConfigureAwaitOptions.ForceYielding;
            await s_waits[wait]().ConfigureAwait(options);
            return place switch
            {
                Place.Goroutine => Go.Current == before && SynchronizationContext.Current == before,
                Place.Pump or Place.PumpInAGoroutine => pump.IsCurrent,
                _ => TaskScheduler.Current == on && TaskList.IsCurrentOf(scheduler) == isWeft,
            };
        }

        Task<bool> waiting = place switch
        {
            Place.Goroutine => scheduler.Start(WaitAsync).Task,
            Place.Pump => pump.Run(WaitAsync),
            Place.PumpInAGoroutine => scheduler.Start(async Task<bool> () => await WaitAsync().ConfigureAwait(false)).Task,
            _ => Task.Factory.StartNew(WaitAsync, CancellationToken.None, TaskCreationOptions.None, on!).Unwrap(),
        };
        Assert.True(await waiting.Within(scheduler));
    }

    /// <summary>An unbuffered channel that another thread soon uses.</summary>
    private static Chan<int> Soon(Action<Chan<int>> use)
    {
        var channel = new Chan<int>();
        _ = Task.Delay(s_aMoment).ContinueWith(_ => use(channel), TaskScheduler.Default);
        return channel;
    }
}
