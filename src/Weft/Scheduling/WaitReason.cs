namespace Weft.Scheduling;

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

    /// <summary>A thread of its own.</summary>
    FreshThread,
}

internal static class WaitReasons
{
    /// <summary>The text that dumps show.</summary>
    internal static string Text(this WaitReason reason) => reason switch
    {
        WaitReason.Await => "await",
        WaitReason.Yield => "yield",
        WaitReason.Sleep => "sleep",
        WaitReason.SleepForever => "sleep (forever)",
        WaitReason.Join => "goroutine end",
        WaitReason.ManagedWait => "managed wait",
        WaitReason.Blocking => "blocking call",
        WaitReason.FreshThread => "fresh thread",
        _ => reason.ToString(),
    };

    /// <summary>Whether only another goroutine can end such a wait, so that it counts for deadlock detection.</summary>
    internal static bool OnlyGoroutinesWake(this WaitReason reason) => reason is WaitReason.SleepForever or WaitReason.Join;
}
