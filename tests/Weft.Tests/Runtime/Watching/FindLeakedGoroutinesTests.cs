using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Watching;

public sealed class FindLeakedGoroutinesTests
{
    private static readonly Chan<int> s_static = new();

    [Fact]
    public async Task FindLeakedGoroutines_OfEachKind_GivesThoseThatNothingCanWake()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var kept = new Chan<int>();
        Dictionary<string, long> ids = [];
        Start(scheduler, kept, ids);
        await Limits.UntilParked(scheduler, ids.Count, "all wait");

        IReadOnlyList<GoroutineInfo> leaked = scheduler.FindLeakedGoroutines();
        Assert.Equal(
            ["lost", "lost deep", "only from a lost one", "sleeps for ever", "waits for a lost one"],
            leaked.Select(goroutine => ids.Single(pair => pair.Value == goroutine.Id).Key).Order());
        GoroutineInfo deep = leaked.Single(goroutine => goroutine.Id == ids["lost deep"]);
        Assert.Equal((GoroutineStatus.Parked, "chan receive"), (deep.Status, deep.WaitReason));
        Assert.Matches(@"FindLeakedGoroutinesTests\.cs:\d+$", deep.StartSite);

        // Nobody was harmed: it can be asked again, and those that can be woken are.
        Assert.Equal(leaked.Select(goroutine => goroutine.Id), scheduler.FindLeakedGoroutines().Select(goroutine => goroutine.Id));
        kept.Send(1);
        s_static.Send(1);
        await Limits.Until(() => scheduler.GetGoroutines().Count == leaked.Count, "the others have ended", scheduler);
        GC.KeepAlive(kept);
    }

    // In a method of its own, that has returned: its variables refer to nothing any more. Nor have the bodies one closure together.
    private static void Start(Scheduler scheduler, Chan<int> kept, Dictionary<string, long> ids)
    {
        var lost = new Chan<int>();
        var ofALostOne = new Chan<int>();
        var ofALiveOne = new Chan<int>();
        ids["lost"] = scheduler.Start(PassOnAsync, (lost, ofALostOne)).Id;
        ids["only from a lost one"] = scheduler.Start(ReceiveAsync, ofALostOne).Id;
        ids["kept"] = scheduler.Start(PassOnAsync, (kept, ofALiveOne)).Id;
        ids["from a live one"] = scheduler.Start(ReceiveAsync, ofALiveOne).Id;
        ids["static"] = scheduler.Start(ReceiveAsync, s_static).Id;
        ids["sleeps for ever"] = scheduler.Start(static async () => await Go.SleepAsync(TimeSpan.MaxValue)).Id;
        Goroutine<int> deep = scheduler.Start(static async () => await ReceiveDeepAsync(new Chan<int>()));
        ids["lost deep"] = deep.Id;
        ids["waits for a lost one"] = scheduler.Start(static async goroutine => { await goroutine; }, deep).Id;
    }

    private static async Task PassOnAsync((Chan<int> From, Chan<int> To) channels)
    {
        await channels.From.ReceiveAsync();
        await channels.To.SendAsync(1);
    }

    private static async Task ReceiveAsync(Chan<int> channel) => await channel.ReceiveAsync();

    private static async Task<int> ReceiveDeepAsync(Chan<int> channel)
    {
        await Task.Yield();
        return await channel.ReceiveAsync();
    }

    [Fact]
    public async Task FindLeakedGoroutines_TheHandleIsKept_FindsThemAllTheSame()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Goroutine<int> handle = scheduler.Start(async () => await new Chan<int>().ReceiveAsync());
        Goroutine waiter = scheduler.Start(async () => { await handle.Completion; });
        Task<int> task = handle.Task;
        await Limits.UntilParked(scheduler, 2, "both wait");
        Assert.Contains(handle.Id, scheduler.FindLeakedGoroutines().Select(goroutine => goroutine.Id));

        // The handle is as before.
        Assert.Same(task, handle.Task);
        Assert.Same(handle.Completion, handle.Completion);
        Assert.Equal(GoroutineStatus.Parked, handle.Status);
        scheduler.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => task);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiter.Completion);
    }

    [Fact]
    public void FindLeakedGoroutines_AfterADeadlock_StillNamesThemAndDisposalTells()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Goroutine<int>? child = null;
        var exception = Assert.Throws<DeadlockException>(() => scheduler.Run(async () =>
        {
            child = Go.Start(async () => await new Chan<int>().ReceiveAsync());
            await child;
        }));
        Assert.Equal(
            exception.Goroutines.Select(goroutine => goroutine.Id), scheduler.FindLeakedGoroutines().Select(goroutine => goroutine.Id));
        Assert.Equal(2, scheduler.GetGoroutines().Count);
        Task<int> task = child!.Task;
        Task completion = child.Completion;
        scheduler.Dispose();
        Assert.Throws<ObjectDisposedException>(() => task.GetAwaiter().GetResult());
        Assert.Throws<ObjectDisposedException>(() => completion.GetAwaiter().GetResult());
    }

    [Theory]
    [InlineData("nested", "chan send")]
    [InlineData("all of several", "sleep")]
    [InlineData("a task", "await")]
    [InlineData("after another flow", "await")]
    public async Task WaitReason_InsideAsyncMethods_IsThatOfTheWaitThatBeganLast(string how, string reason)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var channel = new Chan<int>();
        var step = new Chan<int>();
        var source = new TaskCompletionSource();
        Goroutine goroutine = scheduler.Start(async () =>
        {
            switch (how)
            {
                case "nested":
                    await SendDeepAsync(channel, 3);
                    break;
                case "all of several":
                    await Task.WhenAll(SendDeepAsync(channel, 0), SleepAsync());
                    break;
                case "a task":
                    await WaitAsync(source.Task);
                    break;
                default:
                    await Task.WhenAll(SendDeepAsync(channel, 0), StepAsync());
                    break;
            }
        });
        await Limits.UntilParked(scheduler, 1, "it waits");
        if (how == "after another flow")
        {
            step.Send(1); // the flow that ran last waits for nothing of Weft's, and the other still does
            await Limits.Until(() => scheduler.GetGoroutines().Single().WaitReason == reason, "the flow has ended", scheduler);
        }

        Assert.Equal(reason, scheduler.GetGoroutines().Single(info => info.Id == goroutine.Id).WaitReason);

        async Task StepAsync() => await step.ReceiveAsync();
        static async Task SleepAsync() => await Go.SleepAsync(TimeSpan.FromHours(1));
        static async Task WaitAsync(Task task) => await task;
    }

    private static async Task SendDeepAsync(Chan<int> channel, int depth)
    {
        if (depth == 0)
            await channel.SendAsync(1);
        else
            await SendDeepAsync(channel, depth - 1);
    }
}
