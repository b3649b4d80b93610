using Weft.Tests.Support;

namespace Weft.Tests.Sync;

[ReleaseIsEnough]
public sealed class GoLockAllocationTests
{
    private const int Operations = Allocations.Operations;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LockAsync_Free_AllocatesNothing(bool withToken)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        using var source = new CancellationTokenSource();
        var @lock = new GoLock();
        await scheduler.StartChecked(() => Allocations.AssertNoneAsync(Loop)).Within();

        async ValueTask Loop()
        {
            for (int i = 0; i < Operations / 3; i++)
            {
                CancellationToken token = withToken ? source.Token : CancellationToken.None;
                (await @lock.LockAsync(token)).Dispose();
                (await @lock.LockAsync(token).AsValueTask()).Dispose();
                @lock.Lock().Dispose();
            }
        }
    }

    [Theory]
    [InlineData(1, false, false)]
    [InlineData(2, false, false)]
    [InlineData(1, true, false)]
    [InlineData(1, false, true)]
    [InlineData(2, false, true)]
    public async Task LockAsync_EachTimeHeldByAnother_AllocatesNothing(int procs, bool withToken, bool asValueTask)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        using var source = new CancellationTokenSource();
        CancellationToken token = withToken ? source.Token : CancellationToken.None;
        var @lock = new GoLock();
        bool isWaitedFor = false;
        bool isOver = false;
        await scheduler.StartChecked(async () =>
        {
            Goroutine holder = Go.Start(Hold);
            await Allocations.AssertNoneAsync(Loop);
            Volatile.Write(ref isOver, true);
            await holder.Completion;
        }).Within();

        // Has the lock, and gives it away when the other has asked for it.
        async Task Hold()
        {
            while (!Volatile.Read(ref isOver))
            {
                if (Volatile.Read(ref isWaitedFor))
                {
                    Volatile.Write(ref isWaitedFor, false);
                    @lock.Unlock();
                }

                await Go.Yield();
            }
        }

        async ValueTask Loop()
        {
            for (int i = 0; i < Operations; i++)
            {
                Assert.True(@lock.TryLock());
                LockAwaitable<GoLock.Releaser> locking = @lock.LockAsync(token);
                Assert.False(locking.GetAwaiter().IsCompleted);
                Volatile.Write(ref isWaitedFor, true);
                using (asValueTask ? await locking.AsValueTask() : await locking)
                {
                    // Had it from the other.
                }
            }
        }
    }
}
