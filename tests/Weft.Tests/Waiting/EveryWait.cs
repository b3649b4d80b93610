using System.Threading.Channels;
using Weft.Tests.Support;

namespace Weft.Tests.Waiting;

/// <summary>
/// Whatever of Weft can be awaited, by name. Each wait says where it finds itself right after its await: the await of a task around it
/// would come back by itself, and hide that the one inside did not.
/// </summary>
internal static class EveryWait
{
    private static readonly TimeSpan s_aMoment = TimeSpan.FromMilliseconds(1);

    private static readonly Dictionary<string, Func<Action, Task>> s_waits = new()
    {
        ["yield"] = async look =>
        {
            await Go.Yield();
            look();
        },
        ["sleep for no time"] = look => ThenAsync(Go.SleepAsync(TimeSpan.Zero), look),
        ["sleep"] = look => ThenAsync(Go.SleepAsync(s_aMoment), look),
        ["sleep with a token"] = async look =>
        {
            using var source = new CancellationTokenSource();
            await ThenAsync(Go.SleepAsync(s_aMoment, source.Token), look);
        },
        ["cancelled sleep"] = async look =>
        {
            using var source = new CancellationTokenSource(s_aMoment);
            try
            {
                await Go.SleepAsync(TimeSpan.MaxValue, source.Token);
                Assert.Fail("The sleep was not cancelled.");
            }
            catch (OperationCanceledException)
            {
                look();
            }
        },
        ["sleep as a ValueTask"] = look => ThenAsync(Go.SleepAsync(s_aMoment).AsValueTask(), look),
        ["sleep as a task"] = async look =>
        {
            await Go.SleepAsync(s_aMoment).AsTask();
            look();
        },
        ["receive"] = async look =>
        {
            await Soon(channel => channel.Send(1)).ReceiveAsync();
            look();
        },
        ["receive or closed"] = async look =>
        {
            await Soon(channel => channel.Close()).ReceiveOrClosedAsync();
            look();
        },
        ["receive as a ValueTask"] = look => ThenAsync(Soon(channel => channel.Send(1)).ReceiveAsync().AsValueTask(), look),
        ["send"] = async look =>
        {
            await Soon(channel => channel.Receive()).SendAsync(1);
            look();
        },
        ["foreach"] = async look =>
        {
            await foreach (int _ in Soon(SendTwo))
                look();
            look();
        },
        ["adapter"] = async look =>
        {
            ChannelReader<int> reader = Soon(SendTwo).AsChannel().Reader;
            Assert.True(await reader.WaitToReadAsync());
            look();
            await ThenAsync(reader.ReadAsync(), look);
            await foreach (int _ in reader.ReadAllAsync())
                look();
            await reader.Completion;
            look();
        },
        ["after"] = async look =>
        {
            await Go.After(s_aMoment).ReceiveAsync();
            look();
        },
        ["ticker"] = async look =>
        {
            using var ticker = new Ticker(s_aMoment);
            await ticker.Channel.ReceiveAsync();
            look();
        },
        ["select"] = look => SelectAsync(select => select.Receive(Soon(channel => channel.Send(1))), look),
        ["select that sends"] = look => SelectAsync(select => select.Send(Soon(channel => channel.Receive()), 1), look),
        ["select over a task"] = look => SelectAsync(select => select.Task(Task.Delay(s_aMoment)), look),
        ["select as a ValueTask"] = async look =>
        {
            var select = new Select();
            select.Receive(Soon(channel => channel.Send(1)));
            await ThenAsync(select.WaitAsync().AsValueTask(), look);
        },
        ["select over a time"] = look => ThenAsync(new Select().OnTimeout(s_aMoment, static () => { }).RunAsync(), look),
        ["lock"] = look => LockAsync(Held(new GoLock(), static held => held.TryLock(), static held => held.Unlock()).LockAsync(), look),
        ["lock as a ValueTask"] = async look =>
        {
            GoLock held = Held(new GoLock(), static held => held.TryLock(), static held => held.Unlock());
            await ThenAsync(held.LockAsync().AsValueTask(), look);
        },
        ["read lock"] = look =>
            LockAsync(Held(new RWLock(), static held => held.TryLock(), static held => held.Unlock()).ReadLockAsync(), look),
        ["write lock"] = look =>
            LockAsync(Held(new RWLock(), static held => held.TryReadLock(), static held => held.ReadUnlock()).LockAsync(), look),
        ["semaphore"] = look =>
            LockAsync(Held(new GoSemaphore(2), static held => held.TryAcquire(), static held => held.Release()).AcquireAsync(2), look),
        ["condition"] = async look =>
        {
            var @lock = new GoLock();
            var signalled = new Cond(@lock);
            using GoLock.Releaser releaser = await @lock.LockAsync();
            Later(() =>
            {
                using (@lock.Lock())
                    signalled.Signal();
            });
            await signalled.WaitAsync();
            look();
        },
        ["flight"] = look => ThenAsync(new SingleFlight<int, int>().RunAsync(1, SleepAsync), look),
        ["wait group"] = async look =>
        {
            var group = new WaitGroup();
            group.Go(static async () => await SleepAsync());
            await group.WaitAsync();
            look();
        },
        ["group"] = async look =>
        {
            await using (var group = new GoroutineGroup { Limit = 1 })
            {
                await group.StartAsync(static async () => { await SleepAsync(); });
                await group.StartAsync(static async () => { await SleepAsync(); });
                look();
                await group.WaitAsync();
                look();
                group.Start(static async () => { await SleepAsync(); });
            }

            look();
        },
        ["group of a method"] = async look =>
        {
            await GoroutineGroup.RunAllAsync([1, 2, 3], static (_, _) => SleepAsync(), limit: 1);
            look();
        },
        ["goroutine"] = async look =>
        {
            await Go.Start(SleepAsync);
            look();
        },
        ["goroutine that has no result"] = async look =>
        {
            await Go.RunAsync(static async () => { await SleepAsync(); });
            look();
        },
        ["end of a goroutine"] = async look =>
        {
            await Go.Start(static async () => { await SleepAsync(); }).Completion;
            look();
        },
        ["blocking call"] = async look =>
        {
            await Go.RunBlocking(static () => Thread.Sleep(s_aMoment));
            look();
        },
        ["blocking call with a result"] = async look =>
        {
            Assert.Equal(1, await Go.RunBlocking(static () => SleepAsync().Result));
            look();
        },
    };

    public static IEnumerable<string> Names => s_waits.Keys;

    /// <summary>Awaits, and then calls <paramref name="look"/> where it finds itself.</summary>
    public static Task AwaitAsync(string name, Action look) => s_waits[name](look);

    private static async Task ThenAsync(SleepAwaitable sleep, Action look)
    {
        await sleep;
        look();
    }

    private static async Task ThenAsync(ValueTask wait, Action look)
    {
        await wait;
        look();
    }

    private static async Task ThenAsync<T>(ValueTask<T> wait, Action look)
    {
        await wait;
        look();
    }

    private static async Task LockAsync<T>(LockAwaitable<T> locking, Action look)
        where T : struct, IDisposable
    {
        using T releaser = await locking;
        look();
    }

    private static async Task SelectAsync(Action<Select> add, Action look)
    {
        var select = new Select();
        add(select);
        await select.WaitAsync();
        look();
    }

    private static async Task<int> SleepAsync()
    {
        await Go.SleepAsync(s_aMoment);
        return 1;
    }

    private static void SendTwo(Chan<int> to)
    {
        to.Send(1);
        to.Send(2);
        to.Close();
    }

    /// <summary>An unbuffered channel that another thread soon uses.</summary>
    private static Chan<int> Soon(Action<Chan<int>> use)
    {
        var channel = new Chan<int>();
        Later(() => use(channel));
        return channel;
    }

    /// <summary>Something that is had by somebody, who soon gives it back.</summary>
    private static T Held<T>(T what, Func<T, bool> take, Action<T> giveBack)
    {
        Assert.True(take(what));
        Later(() => giveBack(what));
        return what;
    }

    private static void Later(Action action) => _ = Task.Delay(s_aMoment).ContinueWith(_ => action(), TaskScheduler.Default);
}
