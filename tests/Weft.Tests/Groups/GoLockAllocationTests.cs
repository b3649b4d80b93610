using Weft.Tests.Support;

namespace Weft.Tests.Groups;

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
    public async Task LockAsync_EachTimeHeldByAnother_AllocatesNothing(int procs, bool withToken, bool asValueTask)
    {
        const int Others = 3;
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        using var source = new CancellationTokenSource();
        CancellationToken token = withToken ? source.Token : CancellationToken.None;
        var @lock = new GoLock();
        bool isOver = false;
        await scheduler.StartChecked(async () =>
        {
            for (int i = 0; i < Others; i++)
            {
                Go.Start(async () =>
                {
                    while (!Volatile.Read(ref isOver))
                    {
                        using (await @lock.LockAsync(token))
                            await Go.Yield();
                    }
                });
            }

            await Allocations.AssertNoneAsync(Loop);
            Volatile.Write(ref isOver, true);
        }).Within();

        async ValueTask Loop()
        {
            // Four goroutines do their share of the operations each.
            for (int i = 0; i < Operations / (Others + 1); i++)
            {
                using (asValueTask ? await @lock.LockAsync(token).AsValueTask() : await @lock.LockAsync(token))
                    await Go.Yield();
            }
        }
    }
}
