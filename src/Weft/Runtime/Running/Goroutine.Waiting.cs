using System.ComponentModel;
using Weft.Runtime.Core;
using Weft.Runtime.Running;
using Weft.Waiting;

namespace Weft;

/// <content>Blocking and parking: the wait hook, thread locks, and what is known about a wait.</content>
public abstract partial class Goroutine
{
    private GoroutineExtra? _extra;

    /// <summary>The sleep that belongs to the goroutine, reused from one to the next.</summary>
    internal SleepOperation? SleepCache;

    /// <summary>The first of the operations that it uses again and again; see <see cref="Operation"/>. With the run right only.</summary>
    internal Operation? KeptOperations;

    // Machines that block with frames of this goroutine; under the engine's lock.
    private int _blockedDepth;

    // The system's tick count, in milliseconds, since which the goroutine waits; meaningful while it waits.
    private int _waitSince;
    private WaitReason _waitReason;

    /// <summary>Where the registry keeps it; owned by the registry.</summary>
    internal int RegistrySlot;

    internal GoroutineExtra Extra =>
        _extra ?? Interlocked.CompareExchange(ref _extra, new GoroutineExtra(), null) ?? _extra;

    internal GoroutineExtra? ExtraOrNull => _extra;

    // Whether _extra has a machine it is locked to: asked each time that it runs, mostly of goroutines whose extra is of no interest then.
    private bool _isLocked;

    /// <summary>The machine it is locked to, or null. Written by the goroutine.</summary>
    internal Machine? LockedMachine
    {
        get => _isLocked ? _extra?.LockedMachine : null;
        set
        {
            Extra.LockedMachine = value;
            _isLocked = value is not null;
        }
    }

    internal WaitReason WaitReason => _waitReason;

    /// <summary>
    /// Called by the runtime on this goroutine's thread as a managed wait begins. The processor goes to another machine, and what is posted
    /// to the goroutine meanwhile runs there, or here if there is no thread for it, so that waiting for one's own continuation does not
    /// deadlock.
    /// </summary>
    /// <inheritdoc/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public sealed override int Wait(IntPtr[] waitHandles, bool waitAll, int millisecondsTimeout)
    {
        ArgumentNullException.ThrowIfNull(waitHandles);
        Machine? machine = Machine.Calling;
        if (machine is null || !ReferenceEquals(machine.OnStack, this) || machine.IsInScheduler || millisecondsTimeout == 0)
            return WaitHelper(waitHandles, waitAll, millisecondsTimeout);
        if (machine.Locked is not null)
            return LockedWait.Run(Engine, machine, this, waitHandles, waitAll, millisecondsTimeout);
        return HostedWait.Run(Engine, machine, this, waitHandles, waitAll, millisecondsTimeout);
    }

    /// <summary>The runtime's own wait, for those that may not call the protected method.</summary>
    internal static int PlainWait(IntPtr[] waitHandles, bool waitAll, int millisecondsTimeout) =>
        WaitHelper(waitHandles, waitAll, millisecondsTimeout);

    /// <summary>Undoes one lock of the calling goroutine, which must be this one.</summary>
    internal void UnlockFromThread()
    {
        if (!ReferenceEquals(Machine.CurrentGoroutine, this))
        {
            throw new InvalidOperationException(
                "Only the goroutine that was pinned to its thread can undo that: dispose the ThreadPin in its body.");
        }

        Engine.UnlockThread(this);
    }

    /// <summary>Whether something waits to be run by the holder of the run right, who is the caller.</summary>
    internal bool HasMail => _slot is not null || Volatile.Read(ref _inbox) is not null;

    /// <summary>Whether a machine other than the calling one, which runs this goroutine, waits with frames of it on the stack.</summary>
    internal bool IsBlockedElsewhere(Machine machine) => Volatile.Read(ref _blockedDepth) > machine.CallDepth;

    internal void ChangeBlockedDepth(int by) => Volatile.Write(ref _blockedDepth, _blockedDepth + by);

    /// <param name="reason">What it waits for.</param>
    /// <param name="now">The system's tick count, as far as the caller knows it.</param>
    private void NoteParked(WaitReason reason, int now)
    {
        _waitReason = reason;
        _waitSince = now;
        if (!IsRegistered)
            Engine.Registry.Add(this);
    }

    internal void NoteBlocked(WaitReason reason)
    {
        _waitReason = reason;
        _waitSince = unchecked((int)Environment.TickCount64);
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
                ? TimeSpan.FromMilliseconds(Math.Max(0, unchecked((int)Environment.TickCount64 - _waitSince)))
                : TimeSpan.Zero,
            LockedToThread = LockedMachine is not null,
        };
    }
}
