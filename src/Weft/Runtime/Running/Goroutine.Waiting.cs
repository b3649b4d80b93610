using Weft.Runtime.Running;

namespace Weft;

/// <content>Blocking and parking: what is known about a wait.</content>
public abstract partial class Goroutine
{
    private GoroutineExtra? _extra;

    // What it keeps for its next waits: the first of the operations that it uses again and again, and its sleep. Both belong to what waits:
    // see Waiting/Goroutine.Kept.cs. With the run right only.
    private WorkItem? _keptOperations;
    private object? _keptSleep;

    // Machines that block with frames of this goroutine; under the engine's lock.
    private int _blockedDepth;

    private WaitReason _waitReason;

    // The system's tick count, in milliseconds, since which the goroutine waits; meaningful while it waits.
    private int WaitSince
    {
        get => _mailbox.OwnersNote;
        set => _mailbox.OwnersNote = value;
    }

    /// <summary>Where the registry keeps it; owned by the registry.</summary>
    internal int RegistrySlot;

    internal GoroutineExtra Extra =>
        _extra ?? Interlocked.CompareExchange(ref _extra, new GoroutineExtra(), null) ?? _extra;

    internal GoroutineExtra? ExtraOrNull => _extra;

    // Whether _extra has a machine it is locked to: asked each time that it runs, mostly of goroutines whose extra is of no interest then.
    private bool _isLocked;

    /// <summary>The machine it is locked to, or null. Written by the goroutine.</summary>
    internal Runner? LockedTo
    {
        get => _isLocked ? _extra?.LockedTo : null;
        set
        {
            Extra.LockedTo = value;
            _isLocked = value is not null;
        }
    }

    internal WaitReason WaitReason => _waitReason;

    /// <summary>Whether a machine other than the calling one, which runs this goroutine, waits with frames of it on the stack.</summary>
    internal bool IsBlockedElsewhere(Runner runner) => Volatile.Read(ref _blockedDepth) > runner.CallDepth;

    internal void ChangeBlockedDepth(int by) => Volatile.Write(ref _blockedDepth, _blockedDepth + by);

    /// <param name="reason">What it waits for.</param>
    /// <param name="now">The system's tick count, as far as the caller knows it.</param>
    private void NoteParked(WaitReason reason, int now)
    {
        _waitReason = reason;
        WaitSince = now;
        if (!IsRegistered)
            Home.Register(this);
    }

    internal void NoteBlocked(WaitReason reason)
    {
        _waitReason = reason;
        WaitSince = unchecked((int)Environment.TickCount64);
    }

    internal GoroutineInfo Describe()
    {
        GoroutineStatus status = Status;
        bool waits = status is GoroutineStatus.Parked or GoroutineStatus.Blocked;
        return new GoroutineInfo(StartSite)
        {
            Id = Id,
            Name = Name,
            Labels = Labels,
            Status = status,
            WaitReason = waits ? _waitReason.Text() : null,
            WaitDuration = waits
                ? TimeSpan.FromMilliseconds(Math.Max(0, unchecked((int)Environment.TickCount64 - WaitSince)))
                : TimeSpan.Zero,
            LockedToThread = LockedTo is not null,
        };
    }
}
