using Weft.Tests.Support;

namespace Weft.Tests.Channels.Selecting;

/// <summary>
/// Tasks as cases of selects: no end is missed, none ends a wait that is not for it, and a task that lives on holds no select.
/// </summary>
public sealed class TaskCaseTests
{
    [Theory]
    [InlineData("reused")]
    [InlineData("in turn")]
    [InlineData("added")]
    [InlineData("an expression")]
    public async Task WaitAsync_InALoopOverALongLivedTask_KeepsNothing(string kind)
    {
        const int WarmUp = 20_000;
        const int Rounds = 100_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        Task[] endless = [new TaskCompletionSource().Task, new TaskCompletionSource().Task];
        await scheduler.StartChecked(async () =>
        {
            var busy = new Chan<int>();
            Goroutine sender = Go.Start(async () =>
            {
                for (int i = 0; i < WarmUp + Rounds; i++)
                    await busy.SendAsync(i);
            });
            var reused = new Select();
            reused.Receive(busy);
            TaskCase task = reused.Task(endless[0]);
            long before = 0;
            for (int i = 0; i < WarmUp + Rounds; i++)
            {
                if (i == WarmUp)
                    before = GC.GetTotalMemory(forceFullCollection: true);
                var once = new Select();
                switch (kind)
                {
                    case "an expression":
                        Assert.Equal(0, await once.OnReceive(busy, _ => { }).OnTask(endless[0]).RunAsync());
                        continue;
                    case "added":
                        once.Receive(busy);
                        once.Task(endless[0]);
                        break;
                    case "in turn":
                        task.Task = endless[i / 2 % 2];
                        goto default;
                    default:
                        once = reused;
                        break;
                }

                Assert.Equal(0, (await once.WaitAsync()).Index);
            }

            // Of 100,000 waits none keeps even a byte; collections leave some 10,000 bytes more or less.
            Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, Rounds);
            await sender.Completion;
        }).Within();
        GC.KeepAlive(endless);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task WaitAsync_ManySelectsForOneTask_AllWinWhenItEnds(int procs)
    {
        const int Goroutines = 200;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        var ending = new TaskCompletionSource();
        var numbers = new Chan<int>();
        var waiting = new WaitGroup();
        waiting.Add(Goroutines);
        Goroutine<bool>[] selects = scheduler.StartMany(Goroutines, async i =>
        {
            var select = new Select();
            ReceiveCase<int> number = select.Receive(i % 2 == 0 ? numbers : null);
            TaskCase end = select.Task(ending.Task);
            if (i % 2 == 0)
                Assert.Same(number, await select.WaitAsync());
            number.Channel = null;
            SelectAwaitable last = select.WaitAsync();
            waiting.Done();
            Assert.Same(end, await last);
        });
        for (int i = 0; i < Goroutines / 2; i++)
            await numbers.SendAsync(i).AsTask().Within(scheduler);
        await waiting.WaitAsync().AsTask().Within(scheduler);
        ending.SetResult();
        await selects.Within();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task WaitAsync_TaskEndsAsWaitsBegin_IsNotMissed(int procs)
    {
        const int Rounds = 3_000;
        const int Goroutines = 3;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        var quiet = new Chan<int>();
        TaskCompletionSource ending = new();
        Select[] selects = [.. Enumerable.Range(0, Goroutines).Select(_ => new Select())];
        TaskCase[] ends = Array.ConvertAll(selects, select => select.Task(null));
        Array.ForEach(selects, select => select.Receive(quiet));
        for (int round = 0; round < Rounds; round++)
        {
            ending = new TaskCompletionSource();
            using var barrier = new Barrier(2);
            Goroutine<bool>[] waiting = scheduler.StartMany(Goroutines, async i =>
            {
                if (i == 0)
                    barrier.SignalAndWait();
                Select select = selects[i];
                TaskCase end = ends[i];
                if (i == 1)
                {
                    select = new Select();
                    end = select.Task(ending.Task);
                }

                end.Task = ending.Task;
                Assert.Same(end, await select.WaitAsync());
                Assert.True(ending.Task.IsCompleted);
            });
            barrier.SignalAndWait();
            Thread.SpinWait(round % 256);
            ending.SetResult();
            await waiting.Within();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task WaitAsync_TaskEndsAsAnotherCaseWins_DoesNotEndTheNextWait(int procs)
    {
        const int Rounds = 3_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        var numbers = new Chan<int>(1);
        Task endless = new TaskCompletionSource().Task;
        await scheduler.StartChecked(async () =>
        {
            var select = new Select();
            ReceiveCase<int> number = select.Receive(numbers);
            TaskCase end = select.Task(endless);
            for (int round = 0; round < Rounds; round++)
            {
                var ending = new TaskCompletionSource();
                end.Task = ending.Task;
                SelectAwaitable waiting = select.WaitAsync();
                Task sending = Task.Run(() =>
                {
                    Thread.SpinWait(round % 256);
                    Assert.True(numbers.TrySend(round));
                });
                Task setting = Task.Run(ending.SetResult);
                SelectCase first = await waiting;
                if (first == end)
                    await numbers.ReceiveAsync();

                // The task's end may still be on its way to the first wait.
                end.Task = endless;
                SelectAwaitable next = select.WaitAsync();
                await setting;
                await sending;
                Assert.True(numbers.TrySend(-round));
                Assert.Same(number, await next);
                Assert.Equal(-round, number.Value);
            }
        }).Within();
    }
}
