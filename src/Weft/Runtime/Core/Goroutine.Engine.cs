using System.ComponentModel;
using System.Runtime.CompilerServices;
using Weft.Runtime.Core;

namespace Weft;

/// <content>The goroutine as the engine knows it: its machine, its engine, and what becomes of the two in a managed wait.</content>
public abstract partial class Goroutine
{
    internal Engine Engine
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Unsafe.As<Engine>(Home); // there is no other home
    }

    /// <summary>The machine it is locked to, or null. Written by the goroutine.</summary>
    internal Machine? LockedMachine
    {
        get => Unsafe.As<Machine>(LockedTo);
        set => LockedTo = value;
    }

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
            throw new InvalidOperationException("A thread lock can only be undone on the goroutine that took it.");
        Engine.UnlockThread(this);
    }
}
