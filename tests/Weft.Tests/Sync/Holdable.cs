namespace Weft.Tests.Sync;

/// <summary>Something that is had and given back, so that one test can hold for each primitive that has a line of waiters.</summary>
public sealed class Holdable
{
    private Holdable()
    {
    }

    /// <summary>The names that <see cref="Make"/> knows.</summary>
    public static TheoryData<string> Names => [.. AllNames];

    public static string[] AllNames => ["lock", "write lock", "write lock while read", "read lock", "permit", "all permits"];

    /// <summary>Has it held in such a way that the others of these members wait.</summary>
    public required Action Hold { get; init; }

    /// <summary>Undoes <see cref="Hold"/>.</summary>
    public required Action LetGo { get; init; }

    /// <summary>Takes it and gives it back; waits without a thread.</summary>
    public required Func<CancellationToken, Task> UseAsync { get; init; }

    /// <summary>The same through a task.</summary>
    public required Func<CancellationToken, Task> UseAsTaskAsync { get; init; }

    /// <summary>The same in a goroutine's body.</summary>
    public required Func<CancellationToken, GoroutineBody<bool>> UseInBody { get; init; }

    /// <summary>Over and over: has it held, begins to wait for it, says so, and uses it when the other has let it go.</summary>
    public required Func<int, Action, ValueTask> UseHeldAsync { get; init; }

    /// <summary>The same, and blocks.</summary>
    public required Action<CancellationToken> Use { get; init; }

    /// <summary>Whether nobody has it.</summary>
    public required Func<bool> IsFree { get; init; }

    /// <summary>What a dump says of a goroutine that waits for it.</summary>
    public required string WaitReason { get; init; }

    public static Holdable Make(string name)
    {
        var goLock = new GoLock();
        var rwLock = new RWLock();
        switch (name)
        {
            case "lock":
                return Of(
                    token => goLock.LockAsync(token),
                    token => goLock.Lock(token),
                    () => Assert.True(goLock.TryLock()),
                    goLock.Unlock,
                    () => Try(goLock.TryLock, goLock.Unlock),
                    "lock");
            case "write lock":
                return Of(
                    token => rwLock.LockAsync(token),
                    token => rwLock.Lock(token),
                    () => Assert.True(rwLock.TryLock()),
                    rwLock.Unlock,
                    () => Try(rwLock.TryLock, rwLock.Unlock),
                    "read-write lock");
            case "write lock while read":
                return Of(
                    token => rwLock.LockAsync(token),
                    token => rwLock.Lock(token),
                    () => Assert.True(rwLock.TryReadLock()),
                    rwLock.ReadUnlock,
                    () => Try(rwLock.TryLock, rwLock.Unlock),
                    "read-write lock");
            case "read lock":
                return Of(
                    token => rwLock.ReadLockAsync(token),
                    token => rwLock.ReadLock(token),
                    () => Assert.True(rwLock.TryLock()),
                    rwLock.Unlock,
                    () => Try(rwLock.TryLock, rwLock.Unlock),
                    "read-write lock");
            case "permit":
                return OfSemaphore(permits: 1);
            case "all permits":
                return OfSemaphore(permits: 3);
            default:
                throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such primitive: add a case for it.");
        }
    }

    // The holder has one of the permits, and the waiters want all.
    private static Holdable OfSemaphore(int permits)
    {
        var semaphore = new GoSemaphore(permits);
        return Of(
            token => semaphore.AcquireAsync(permits, token),
            token => semaphore.Acquire(permits, token),
            () => Assert.True(semaphore.TryAcquire()),
            () => semaphore.Release(),
            () => semaphore.FreePermits == permits && Try(() => semaphore.TryAcquire(permits), () => semaphore.Release(permits)),
            "semaphore");
    }

    private static bool Try(Func<bool> take, Action giveBack)
    {
        bool isTaken = take();
        if (isTaken)
            giveBack();
        return isTaken;
    }

    private static Holdable Of<TReleaser>(
        Func<CancellationToken, LockAwaitable<TReleaser>> takeAsync,
        Func<CancellationToken, TReleaser> take,
        Action hold,
        Action letGo,
        Func<bool> isFree,
        string waitReason)
        where TReleaser : struct, IDisposable
    {
        return new Holdable
        {
            Hold = hold,
            LetGo = letGo,
            UseAsync = async token => (await takeAsync(token)).Dispose(),
            UseAsTaskAsync = async token => (await takeAsync(token).AsTask()).Dispose(),
            UseInBody = UseInBodyAsync,
            UseHeldAsync = UseHeldAsync,
            Use = token => take(token).Dispose(),
            IsFree = isFree,
            WaitReason = waitReason,
        };

        async GoroutineBody<bool> UseInBodyAsync(CancellationToken token)
        {
            (await takeAsync(token)).Dispose();
            return true;
        }

        async ValueTask UseHeldAsync(int times, Action onWaiting)
        {
            for (int i = 0; i < times; i++)
            {
                hold();
                LockAwaitable<TReleaser> taking = takeAsync(CancellationToken.None);
                onWaiting();
                (await taking).Dispose();
            }
        }
    }
}
