using System.Runtime.CompilerServices;
using Weft.Runtime.Core;
using Weft.Tests.Support;

namespace Weft.Tests.Isolation;

public sealed class GarbageCollectionTests
{
    [Fact]
    public async Task Collect_WhileThreadsComeAndGo_NothingBreaks()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 4, idleMilliseconds: 1);
        using var stop = new Gate();
        var collector = new Thread(() =>
        {
            for (int i = 0; i < 200 && !stop.IsOpen; i++)
                GC.Collect(i % 3, GCCollectionMode.Forced, blocking: true, compacting: i % 3 == 2);
        });
        collector.Start();
        for (int round = 0; round < 20; round++)
        {
            await scheduler.StartMany(50, async i =>
            {
                byte[] garbage = new byte[1_000 + i];
                if (i % 5 == 0)
                    Go.LockOSThread();
                Thread.Sleep(1);
                await Task.Yield();
                garbage[i]++;
                Assert.Equal(1, garbage[i]);
            }).Within();
        }

        stop.Open();
        collector.Join();
    }

    [Fact]
    public async Task Goroutine_EndedAndForgotten_IsCollected()
    {
        // In debug builds an idle thread's frames still hold the last goroutine it ran.
        using var _ = TestScheduler.Create(out Scheduler scheduler, idleMilliseconds: 100);
        WeakReference[] ended = StartSome(scheduler);
        await Limits.Until(() => scheduler.Statistics.GoroutinesAlive == 0, "all goroutines ended", scheduler);
        await scheduler.StartMany(50, async _ => await Go.Yield()).Within();
        await CollectedAsync(ended, scheduler);
    }

    [Fact]
    public async Task Machine_ReapedWhileItsSchedulerLivesOn_IsCollected()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, idleMilliseconds: 5);
        WeakReference[] machines = await MachinesOfABurstAsync(scheduler);
        await Limits.Until(() => scheduler.Statistics.Threads == 0, "every thread was reaped", scheduler);
        await CollectedAsync(machines, scheduler);
        Assert.Equal(1, await scheduler.Start(() => 1).Within());
    }

    [Fact]
    public async Task Scheduler_DisposedAndForgotten_IsCollected()
    {
        WeakReference scheduler = await MakeAndDisposeAsync();
        await CollectedAsync([scheduler], null);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference[] StartSome(Scheduler scheduler) =>
        [.. Enumerable.Range(0, 20).Select(i => new WeakReference(scheduler.Start(async () =>
        {
            if (i % 2 == 0)
                await Task.Delay(1);
        })))];

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference[]> MachinesOfABurstAsync(Scheduler scheduler)
    {
        WeakReference[] all = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => scheduler.Start(() =>
        {
            // One of them ends with its goroutine, the others are ordered out.
            if (i == 0)
                Go.LockOSThread();
            Thread.Sleep(5);
            return new WeakReference(Machine.Calling);
        }).Within()));
        return all;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> MakeAndDisposeAsync()
    {
        var scheduler = new Scheduler(new SchedulerOptions { Name = TestScheduler.NextName() });
        await scheduler.StartMany(10, _ => Thread.Sleep(1)).Within();
        await scheduler.DisposeAsync();
        return new WeakReference(scheduler);
    }

    private static Task CollectedAsync(WeakReference[] references, Scheduler? scheduler) => Limits.Until(
        () =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !references.Any(reference => reference.IsAlive);
        },
        "what nobody uses is collected",
        scheduler);
}
