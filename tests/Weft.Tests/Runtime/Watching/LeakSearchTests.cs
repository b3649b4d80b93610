using Weft.Runtime.Host;
using Weft.Runtime.Running;
using Weft.Tests.Runtime.Core;
using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Watching;

/// <summary>
/// Searches one after the other while goroutines are woken in every way from outside: nothing that was sent is lost, and nobody is found
/// leaked but those that are. In debug builds with a delay now and then at each labelled point.
/// </summary>
public sealed class LeakSearchTests
{
    private const int Searches = 400;

    private static readonly string[] s_labels =
        ["search.held", "search.packed", "search.collected", "search.sifted", "inbox.pushed", "runright.released"];

    private volatile bool _isOver;

    [Fact]
    public async Task Find_WhileGoroutinesAreWokenFromOutside_LosesNothingAndFindsOnlyTheLost()
    {
        using InjectedDelays? delays = FaultPoints.AreCompiledIn ? InjectedDelays.Begin(7, s_labels) : null;
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        long[] lost = [StartLost(scheduler), StartLost(scheduler), StartAwaiter(scheduler)];
        await Limits.UntilParked(scheduler, 4, "the lost wait");
        long awaited =
            scheduler.GetGoroutines().Single(goroutine => goroutine.WaitReason == "chan receive" && !lost.Contains(goroutine.Id)).Id;
        lost = [.. lost.Append(awaited).Order()];

        Task<int>[] load =
        [
            OnThread(() => Exchange(scheduler)),
            OnThread(() => Exchange(scheduler)),
            OnThread(() => CompleteTasks(scheduler)),
            OnThread(() => CancelWaits(scheduler)),
            OnThread(() => AskForEnds(scheduler)),
            OnThread(DisposeSchedulers),
        ];
        for (int i = 0; i < Searches; i++)
            Assert.Equal(lost, scheduler.FindLeakedGoroutines().Select(static goroutine => goroutine.Id));
        _isOver = true;
        int[] rounds = await Task.WhenAll(load).Within(scheduler);
        Assert.All(rounds, static count => Assert.True(count > 0));
        if (delays is not null)
            Assert.Empty(delays.NotPassed(s_labels));
    }

    private static Task<int> OnThread(Func<int> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static long StartLost(Scheduler scheduler) => scheduler.Start(static async () => { await new Chan<int>().ReceiveAsync(); }).Id;

    private static long StartAwaiter(Scheduler scheduler) =>
        scheduler.Start(static async () => { await Go.Start(static async () => await new Chan<int>().ReceiveAsync()); }).Id;

    /// <summary>A thread and a goroutine hand a number to and fro.</summary>
    private int Exchange(Scheduler scheduler)
    {
        var there = new Chan<int>();
        var back = new Chan<int>();
        Goroutine<int> echo = scheduler.Start(
            static async channels =>
            {
                int sum = 0;
                await foreach (int number in channels.there)
                {
                    sum += number;
                    await channels.back.SendAsync(number);
                }

                return sum;
            },
            (there, back));
        int rounds = 0;
        int sent = 0;
        for (; !_isOver; rounds++)
        {
            there.Send(rounds & 0xff);
            Assert.Equal(rounds & 0xff, back.Receive());
            sent += rounds & 0xff;
        }

        there.Close();
        Assert.Equal(sent, echo.Task.Result);
        return rounds;
    }

    /// <summary>Goroutines await tasks, in nested async methods, that a thread completes.</summary>
    private int CompleteTasks(Scheduler scheduler)
    {
        int rounds = 0;
        for (; !_isOver; rounds++)
        {
            var source = new TaskCompletionSource<int>();
            Goroutine<int> waiter = scheduler.Start(static async task => await NestedAsync(task), source.Task);
            Thread.Yield();
            source.SetResult(rounds);
            Assert.Equal(rounds, waiter.Task.Result);
        }

        return rounds;
    }

    private static async Task<int> NestedAsync(Task<int> task) => await task;

    private int CancelWaits(Scheduler scheduler)
    {
        int rounds = 0;
        for (; !_isOver; rounds++)
        {
            using var source = new CancellationTokenSource();
            Goroutine<bool> waiter = scheduler.Start(static async token => await IsCancelledAsync(token), source.Token);
            Thread.Yield();
            source.Cancel();
            Assert.True(waiter.Task.Result);
        }

        return rounds;
    }

    private static async Task<bool> IsCancelledAsync(CancellationToken token)
    {
        try
        {
            await new Chan<int>().ReceiveAsync(token);
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    /// <summary>The same tasks are asked for again and again while a goroutine is held, and by goroutines that await it.</summary>
    private int AskForEnds(Scheduler scheduler)
    {
        int rounds = 0;
        for (; !_isOver; rounds++)
        {
            var channel = new Chan<int>();
            Goroutine<int> asked = scheduler.Start(static async channel => await channel.ReceiveAsync(), channel);
            Goroutine<int> joiner = scheduler.Start(static async goroutine => await goroutine, asked);
            Task<int> task = asked.Task;
            Task completion = asked.Completion;
            for (int i = 0; i < 20; i++)
            {
                Assert.Same(task, asked.Task);
                Assert.Same(completion, asked.Completion);
                Thread.Yield();
            }

            channel.Send(rounds);
            Assert.Equal(rounds, task.Result);
            Assert.Equal(rounds, joiner.Task.Result);
            completion.Wait();
        }

        return rounds;
    }

    /// <summary>Schedulers are disposed with goroutines that are held, perhaps.</summary>
    private int DisposeSchedulers()
    {
        int rounds = 0;
        for (; !_isOver; rounds++)
        {
            var scheduler = new Scheduler(new SchedulerOptions { MaxProcs = 1 });
            Goroutine<int> abandoned = scheduler.Start(static async () => await new Chan<int>().ReceiveAsync());
            Task<int> task = abandoned.Task;
            scheduler.Dispose();
            Assert.IsType<ObjectDisposedException>(
                task.ContinueWith(static task => task.Exception!.InnerException, TaskScheduler.Default).Result);
        }

        return rounds;
    }
}
