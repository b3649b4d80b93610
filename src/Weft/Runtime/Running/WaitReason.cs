namespace Weft.Runtime.Running;

/// <summary>What a goroutine waits for.</summary>
internal enum WaitReason : byte
{
    /// <summary>Something outside Weft, or several things: nobody can say that it will not come.</summary>
    Await,

    /// <summary>A turn: it is in a run queue.</summary>
    Yield,

    Sleep,

    /// <summary>A sleep without end.</summary>
    SleepForever,

    /// <summary>The end of another goroutine.</summary>
    Join,

    /// <summary>A managed wait: a lock, an event, a task.</summary>
    ManagedWait,

    /// <summary>A call inside <see cref="Go.Blocking(Action)"/>.</summary>
    Blocking,

    /// <summary>A receiver, or room in the buffer of a channel.</summary>
    ChanSend,

    /// <summary>A value from a channel, or its end.</summary>
    ChanReceive,

    /// <summary>One of several things.</summary>
    Select,

    /// <summary>A select without a case that can win: a sleep without end.</summary>
    SelectNothing,

    /// <summary>A <see cref="GoLock"/> that only goroutines use.</summary>
    Lock,

    /// <summary>A <see cref="Weft.WaitGroup"/> whose counter only goroutines lower.</summary>
    WaitGroup,

    /// <summary>The end of a group's goroutines.</summary>
    Group,

    /// <summary>Room for one more in a group.</summary>
    GroupLimit,

    /// <summary>An <see cref="Weft.RWLock"/> that only goroutines use.</summary>
    RWLock,

    /// <summary>Permits of a <see cref="GoSemaphore"/> that only goroutines use.</summary>
    Semaphore,

    /// <summary>The signal of a <see cref="Weft.Cond"/> that only goroutines use, and then its lock.</summary>
    Cond,

    /// <summary>The result of a body that another goroutine runs for several; see <see cref="SingleFlight{TKey, TResult}"/>.</summary>
    SingleFlight,

    /// <summary>Added to one of the above: a thread that runs no goroutine may end the wait.</summary>
    OrOutside = 0x80,
}

internal static class WaitReasons
{
    /// <summary>The text that dumps show.</summary>
    internal static string Text(this WaitReason reason) => (reason & ~WaitReason.OrOutside) switch
    {
        WaitReason.Await => "await",
        WaitReason.Yield => "yield",
        WaitReason.Sleep => "sleep",
        WaitReason.SleepForever => "sleep (forever)",
        WaitReason.Join => "goroutine end",
        WaitReason.ManagedWait => "managed wait",
        WaitReason.Blocking => "blocking call",
        WaitReason.ChanSend => "chan send",
        WaitReason.ChanReceive => "chan receive",
        WaitReason.Select => "select",
        WaitReason.SelectNothing => "select (no cases)",
        WaitReason.Lock => "lock",
        WaitReason.WaitGroup => "wait group",
        WaitReason.Group => "group end",
        WaitReason.GroupLimit => "group limit",
        WaitReason.RWLock => "read-write lock",
        WaitReason.Semaphore => "semaphore",
        WaitReason.Cond => "condition",
        WaitReason.SingleFlight => "single flight",
        _ => reason.ToString(),
    };

    /// <summary>Whether only another goroutine can end such a wait, so that it counts for deadlock detection.</summary>
    internal static bool OnlyGoroutinesWake(this WaitReason reason) =>
        reason is WaitReason.SleepForever or WaitReason.SelectNothing or WaitReason.Join
            or WaitReason.Lock or WaitReason.RWLock or WaitReason.Semaphore or WaitReason.Cond or WaitReason.SingleFlight
            or WaitReason.WaitGroup or WaitReason.Group or WaitReason.GroupLimit
            || reason.IsChannel();

    /// <summary>
    /// Whether it is a wait that is meant to have no end. One for a task may be: <c>Task.Delay</c> can be asked for that, too.
    /// </summary>
    internal static bool MayBeMeantForEver(this WaitReason reason) =>
        reason is WaitReason.SleepForever or WaitReason.SelectNothing or WaitReason.Await;

    /// <summary>Whether it is a wait at channels that no thread outside goroutines has used yet.</summary>
    internal static bool IsChannel(this WaitReason reason) => reason is WaitReason.ChanSend or WaitReason.ChanReceive or WaitReason.Select;
}
