using Weft.Runtime.Host;
using Weft.Tests.Runtime.Core;
using Weft.Tests.Support;

namespace Weft.Tests.Sync;

/// <summary>
/// A waiter whose scheduler is disposed holds up nobody in a line that serves strictly in turn, although nothing else happens in that line.
/// </summary>
public sealed class LeftBehindTests
{
    [Fact]
    public async Task GoSemaphore_TheFirstNeverRunsAgain_TheNextGetsWhatIsFree()
    {
        using var test = TestScheduler.Create(out Scheduler scheduler);
        var semaphore = new GoSemaphore(2);
        semaphore.Acquire();
        scheduler.Start(async () => { await semaphore.AcquireAsync(2); });
        await Limits.UntilParked(scheduler, 1, "it waits for both permits");
        Task<GoSemaphore.Releaser> next = semaphore.AcquireAsync().AsTask();
        Assert.False(next.IsCompleted);
        test.Dispose();
        await next.WaitAsync(Limits.Hang);
        Assert.Equal(0, semaphore.FreePermits);
    }

    [Fact]
    public async Task GoSemaphore_OneBehindTheFirstNeverRunsAgain_BothOthersAreServedInOneTurn()
    {
        using var test = TestScheduler.Create(out Scheduler scheduler);
        var semaphore = new GoSemaphore(2);
        semaphore.Acquire(2);
        Task<GoSemaphore.Releaser> first = semaphore.AcquireAsync().AsTask();
        scheduler.Start(async () => { await semaphore.AcquireAsync(2); });
        await Limits.UntilParked(scheduler, 1, "it waits for both permits");
        Task<GoSemaphore.Releaser> last = semaphore.AcquireAsync().AsTask();
        test.Dispose();
        semaphore.Release(2);
        await first.WaitAsync(Limits.Hang);
        await last.WaitAsync(Limits.Hang);
    }

    [Fact]
    public async Task RWLock_TheWriterNeverRunsAgain_ReadersGetIn()
    {
        using var test = TestScheduler.Create(out Scheduler scheduler);
        var rwLock = new RWLock();
        rwLock.ReadLock();
        scheduler.Start(async () => { await rwLock.LockAsync(); });
        await Limits.UntilParked(scheduler, 1, "it waits to write");
        Task<RWLock.Releaser> reader = rwLock.ReadLockAsync().AsTask();
        Assert.False(reader.IsCompleted);
        test.Dispose();
        await reader.WaitAsync(Limits.Hang);
        Assert.True(rwLock.TryReadLock());
    }

    /// <summary>
    /// Goroutines of two schedulers come into the line while one of the schedulers is disposed and the permits are given back. In a debug
    /// build with delays where the disposer and the waiters meet.
    /// </summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    public async Task GoSemaphore_DisposedWhileWaitersCome_NoPermitIsLostAndNobodyIsForgotten(int seed, int procs)
    {
        const int Permits = 3;
        const int Users = 8;
        using InjectedDelays? delays = FaultPoints.AreCompiledIn ? InjectedDelays.Begin(seed, ["line.entering", "line.dropping"]) : null;
        using var test = TestScheduler.Create(out Scheduler lasting, procs);
        for (int round = 0; round < 100; round++)
        {
            using var leavingTest = TestScheduler.Create(out Scheduler leaving, procs, idleMilliseconds: 1);
            var semaphore = new GoSemaphore(Permits);
            semaphore.Acquire(Permits);
            for (int i = 0; i < Users; i++)
                _ = leaving.Start(static s => UseAsync(s.semaphore, s.permits), (semaphore, permits: 1 + (i % Permits)));
            Goroutine<bool>[] users =
            [
                .. Enumerable.Range(0, Users).Select(i => lasting.Start(() => UseAsync(semaphore, 1 + (i % 2)))),
            ];
            Task disposal = leaving.DisposeAsync().AsTask();
            semaphore.Release(Permits);
            await users.Within();
            await disposal.Within(leaving);
            await Limits.Until(() => semaphore.FreePermits == Permits, "every permit is back", lasting);
        }
    }

    private static async Task<bool> UseAsync(GoSemaphore semaphore, int permits)
    {
        using (await semaphore.AcquireAsync(permits))
            return true;
    }
}
