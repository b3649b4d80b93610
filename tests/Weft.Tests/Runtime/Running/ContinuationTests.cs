using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Running;

public sealed class ContinuationTests
{
    [Fact]
    public async Task Await_TaskFromElsewhere_ComesBackToTheGoroutine()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            Goroutine self = Go.Current!;
            for (int i = 0; i < 100; i++)
            {
                await Task.Run(() => Assert.False(TaskList.IsCurrentOf(scheduler)));
                Assert.Same(self, Go.Current);
                Assert.Same(self, SynchronizationContext.Current);
                Assert.True(TaskList.IsCurrentOf(scheduler));
            }
        }).Within();
    }

    [Fact]
    public async Task Await_ConfigureAwaitFalse_EveryOperationStillWorks()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            await Task.Run(() => { }).ConfigureAwait(false);
            while (Go.Current is not null)
                await Task.Delay(1).ConfigureAwait(false); // on a busy machine it may be over before it is awaited
            Assert.False(TaskList.IsCurrentOf(scheduler));
            await Go.Yield();
            await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
            Go.Sleep(TimeSpan.FromMilliseconds(1));
            Go.Blocking(() => { });
            Assert.Equal(3, Go.Blocking(() => 3));
            Assert.Equal(4, await scheduler.Start(() => 4));
        }).Within();
    }

    [Fact]
    public async Task Operations_OnAThreadThatIsNoGoroutine_Work()
    {
        await Go.Yield();
        await Go.SleepAsync(TimeSpan.FromMilliseconds(1));
        Go.Sleep(TimeSpan.FromMilliseconds(1));
        Assert.Equal(3, Go.Blocking(() => 3));
        Go.UnlockOSThread();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Await_SeveralPendingInOneGoroutine_NeverRunInParallel(int procs)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        Goroutine<bool>[] goroutines = scheduler.StartMany(8, async _ =>
        {
            int inside = 0, steps = 0;
            async Task StepAsync(int branch)
            {
                for (int i = 0; i < 200; i++)
                {
                    await PauseAsync((branch + i) % 4);
                    Assert.Equal(1, Interlocked.Increment(ref inside));
                    steps++;
                    Thread.SpinWait(20);
                    Interlocked.Decrement(ref inside);
                }
            }

            await Task.WhenAll(Enumerable.Range(0, 16).Select(StepAsync));
            Assert.Equal(16 * 200, steps);
        });
        await goroutines.Within();

        static async Task PauseAsync(int kind)
        {
            switch (kind)
            {
                case 0:
                    await Task.Run(() => { });
                    break;
                case 1:
                    await Task.Delay(1);
                    break;
                case 2:
                    await Go.Yield();
                    break;
                default:
                    await Go.SleepAsync(TimeSpan.FromTicks(1));
                    break;
            }
        }
    }

    [Fact]
    public async Task Post_FromManyThreads_RunsOneAtATimeOnTheScheduler()
    {
        const int Posts = 20_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 4);
        await scheduler.StartChecked(async () =>
        {
            Goroutine self = Go.Current!;
            var all = new TaskCompletionSource();
            int inside = 0, overlaps = 0, strangers = 0, ran = 0;
            await Task.Run(() => Parallel.For(0, Posts, _ => self.Post(
                _ =>
                {
                    if (Interlocked.Increment(ref inside) != 1)
                        Interlocked.Increment(ref overlaps);
                    if (Go.Current != self)
                        Interlocked.Increment(ref strangers);
                    Interlocked.Decrement(ref inside);
                    if (++ran == Posts)
                        all.SetResult();
                },
                null)));
            await all.Task;
            Assert.Equal((0, 0), (overlaps, strangers));
        }).Within();
    }

    [Fact]
    public async Task Send_FromAnotherThread_ReturnsWhenItHasRun()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var gate = new TaskCompletionSource();
        Goroutine goroutine = scheduler.Start(() => gate.Task);
        Goroutine? seen = null;
        await Task.Run(() => goroutine.Send(_ => seen = Go.Current, null)).Within(scheduler);
        Assert.Same(goroutine, seen);
        gate.SetResult();
        await goroutine.Within();
    }
}
