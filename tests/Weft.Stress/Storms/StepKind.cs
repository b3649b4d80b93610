namespace Weft.Stress.Storms;

/// <summary>What a goroutine of a storm does in one step.</summary>
internal enum StepKind
{
    // Cheap and always possible.
    Yield,
    Sleep,
    CancelledSleep,
    Compute,
    ThreadSleep,
    DeclaredSleep,
    GoAhead,
    Read,
    ContendedLock,
    Lock,
    LockNested,
    StartAndAwait,
    Garbage,

    // Need a second thread, or one of the pool: not with a limit of a few threads, where everybody may wait for everybody.
    SyncOverAsync,
    SyncOverAsyncLocked,
    StartAndWait,
    TaskRun,
    TaskDelay,
    MonitorWait,
    WaitAll,
    PostToSelf,
    FreshThread,
    TaskScheduler,
}
