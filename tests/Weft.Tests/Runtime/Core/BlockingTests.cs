using System.Diagnostics;
using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Core;

/// <summary>A goroutine that blocks its thread gives its processor up: on one processor, all others go on.</summary>
public sealed class BlockingTests
{
    public static TheoryData<string> ManagedWaits =>
    [
        "lock", "Lock", "Monitor.Wait", "ManualResetEvent", "ManualResetEventSlim", "SemaphoreSlim", "Semaphore", "Task.Wait", "WaitAny",
        "BlockingCollection", "Barrier", "Thread.Join",
    ];

    [Fact]
    public async Task Read_HundredGoroutinesOnOneProcessor_BystanderRuns()
    {
        const int Readers = 100;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        using var pipe = new BlockingPipe();
        using var entered = new CountdownEvent(Readers);
        Goroutine<bool>[] readers = scheduler.StartMany(Readers, _ =>
        {
            entered.Signal();
            pipe.Read();
        });
        await Task.Run(() => entered.Wait(Limits.Hang)).Within(scheduler);
        Assert.Equal(1, await scheduler.Start(() => 1).Within());
        Assert.True(scheduler.Statistics.HandOffsByMonitor > 0);
        Assert.DoesNotContain(readers, reader => reader.Completion.IsCompleted);
        pipe.Release(Readers);
        await readers.Within();
    }

    [Fact]
    public async Task ShortCalls_EightGoroutines_StarveNobody()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        using var stop = new Gate();
        Goroutine<bool>[] blockers = scheduler.StartMany(8, _ =>
        {
            while (!stop.IsOpen)
                Thread.Sleep(TimeSpan.FromMicroseconds(1));
        });
        Goroutine<bool> bystander = scheduler.StartChecked(async () =>
        {
            for (int i = 0; i < 200; i++)
                await Go.Yield();
            stop.Open();
        });
        await bystander.Within();
        await blockers.Within();
    }

    [Theory]
    [MemberData(nameof(ManagedWaits))]
    public async Task ManagedWait_OnOneProcessor_LetsTheOneThatEndsItRun(string kind)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        using var wait = ManagedWait.Create(kind);
        Goroutine<bool> waiter = scheduler.StartChecked(async () =>
        {
            await Task.Yield();

            // Has no processor to run on until this goroutine waits.
            Goroutine<bool> other = scheduler.StartChecked(wait.End);
            wait.Begin();
            await other;
        });
        await waiter.Within();
    }

    [Theory]
    [MemberData(nameof(ManagedWaits))]
    public async Task ManagedWait_WhileAnotherIsQueued_HandsTheProcessorOnItself(string kind)
    {
        if (kind == "Thread.Join" && Environment.Version.Major >= 11 && !OperatingSystem.IsWindows())
            Assert.Skip("since .NET 11 the runtime tells nobody of this wait on Unix; DeclaredCallTests has the remedy");
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);

        // Some waits spin first, and sleep for a moment while they do: the monitor may see that before the wait begins. Not each time.
        long giveUp = Environment.TickCount64 + (long)Limits.Hang.TotalMilliseconds;
        while (scheduler.Statistics.HandOffsByWait == 0)
        {
            Assert.True(Environment.TickCount64 < giveUp, TestScheduler.Dump(scheduler));
            using var wait = ManagedWait.Create(kind);
            await scheduler.StartChecked(async () =>
            {
                Goroutine<bool> other = scheduler.StartChecked(wait.End);
                wait.Begin();
                await other;
            }).Within();
        }
    }

    [Fact]
    public async Task WaitForExit_OnOneProcessor_LetsOthersRun()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        using var child = Process.Start(new ProcessStartInfo("cat") { RedirectStandardInput = true })!;
        Goroutine<bool> waiter = scheduler.StartChecked(() =>
        {
            scheduler.StartChecked(child.StandardInput.Close);
            child.WaitForExit();
        });
        await waiter.Within();
    }

    [Fact]
    public async Task Lock_ManyGoroutinesContend_EachGetsIt()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 4);
        object gate = new();
        int total = 0;
        await scheduler.StartMany(50, _ =>
        {
            for (int i = 0; i < 100; i++)
            {
                lock (gate)
                {
                    total++;
                    if (i % 25 == 0)
                        Thread.Sleep(TimeSpan.FromMicroseconds(100));
                }
            }
        }).Within();
        Assert.Equal(50 * 100, total);
    }

    [Fact]
    public async Task Blocking_OnOneProcessor_LetsOthersRunAndGivesTheResult()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        using var pipe = new BlockingPipe();
        Goroutine<bool> caller = scheduler.StartChecked(() =>
        {
            Goroutine? self = Go.Current;
            scheduler.StartChecked(() => pipe.Release());
            int result = Go.Blocking(() =>
            {
                pipe.Read();
                Assert.Same(self, Go.Current);
                return 5;
            });
            Assert.Equal(5, result);
            Assert.Throws<InvalidOperationException>(() => Go.Blocking(() => throw new InvalidOperationException()));
        });
        await caller.Within();
        Assert.True(scheduler.Statistics.HandOffsExplicit > 0, TestScheduler.Dump(scheduler));
    }

    [Fact]
    public async Task Blocking_NestedAndWithManagedWaitsInside_ComesBackToEach()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 2);
        using var semaphore = new SemaphoreSlim(1);
        await scheduler.StartMany(100, _ => Go.Blocking(() => Go.Blocking(() =>
        {
            semaphore.Wait();
            Thread.Sleep(TimeSpan.FromMicroseconds(50));
            semaphore.Release();
        }))).Within();
    }

    [Fact]
    public async Task Burst_ThousandGoroutinesBlockAtOnce_AllBlockTogether()
    {
        const int Goroutines = 1_000;
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        using var entered = new CountdownEvent(Goroutines);
        using var release = new Gate();
        Goroutine<bool>[] goroutines = scheduler.StartMany(Goroutines, _ =>
        {
            entered.Signal();
            release.Wait();
        });

        // Only when every one of them has a thread of its own does this come to an end.
        await Task.Run(() => entered.Wait(Limits.Hang)).Within(scheduler);
        Assert.True(TaskList.Of(scheduler).Count > Goroutines);
        release.Open();
        await goroutines.Within();
        Assert.Equal(Goroutines, scheduler.Statistics.GoroutinesEnded);
    }
}
