using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Weft.Channels;
using Weft.Runtime.Core;
using Weft.Runtime.Running;
using Weft.Threads;

namespace Weft;

/// <summary>
/// What channels of all types have in common; see <see cref="Chan{T}"/>.
/// </summary>
/// <remarks>All public members may be used from any thread.</remarks>
public abstract class Chan
{
    // A channel's critical sections take some 10 ns: a few pauses outlast them, and a holder that is not done by then is not on a CPU.
    private const int SpinRounds = 8;
    private const int PausesPerRound = 8;
    private const int YieldRounds = 16;
    private const long NapNanoseconds = 50_000;

    private static long s_lastId;

    // See Newcomers.
    private static int s_newcomers;

    // What only few channels need; made on first use, so that the others stay small.
    private ChanExtra? _extra;

    // 1 while the lock is held.
    private int _lock;

    // Under the lock.
    private protected bool IsClosedLocked;

    // A thread that runs no goroutine has used the channel: what waits for it may be woken from outside.
    private bool _isUsedOutside;

    /// <summary>
    /// Whether the channel has an adapter, and so perhaps watchers (<see cref="ChanWatchers"/>). Set under the lock; never goes back.
    /// </summary>
    internal volatile bool IsWatched;

    private protected Chan()
    {
    }

    /// <summary>How many values it can hold that nobody has received yet; 0 for an unbuffered channel.</summary>
    public abstract int Capacity { get; }

    /// <summary>
    /// How many values it holds now; always 0 for an unbuffered channel. Another thread may have changed it when the caller looks.
    /// </summary>
    public abstract int Count { get; }

    /// <summary>Whether <see cref="Close"/> was called. Values sent before may still be there to be received.</summary>
    public bool IsClosed => Volatile.Read(ref IsClosedLocked);

    /// <summary>
    /// Ends the channel: what is in it can still be received, then receivers are told that it is closed. Receivers that wait
    /// are woken; senders that wait get a <see cref="ChannelClosedException"/>, as do all that send from now on.
    /// </summary>
    /// <exception cref="ChannelClosedException">It is closed already.</exception>
    public void Close()
    {
        if (!TryClose(null))
            throw new ChannelClosedException("close of closed channel");
    }

    /// <summary>
    /// Grows, after the fact, whenever a channel is used from outside for the first time (<see cref="IsUsedOutside"/>), or begins to be
    /// watched (<see cref="IsWatched"/>): as long as it does not, what a select knows of its channels holds, and it need not look at them
    /// again.
    /// </summary>
    internal static int Newcomers => Volatile.Read(ref s_newcomers);

    /// <summary>Whether code that is no goroutine has used the channel, so that it may wake a goroutine that waits there.</summary>
    internal bool IsUsedOutside => Volatile.Read(ref _isUsedOutside);

    /// <summary>The reason of a wait at the channel, which says whether the wait may be ended from outside.</summary>
    internal WaitReason Reason(WaitReason reason) => IsUsedOutside ? reason | WaitReason.OrOutside : reason;

    internal ChanExtra Extra =>
        _extra ?? Interlocked.CompareExchange(ref _extra, new ChanExtra(Interlocked.Increment(ref s_lastId)), null) ?? _extra;

    internal ChanExtra? ExtraOrNull => _extra;

    /// <summary>The error that readers of the channel's adapter get at its end; null for a plain end.</summary>
    internal Exception? CloseError
    {
        get => _extra?.CloseError;
        private protected set
        {
            if (value is not null)
                Extra.CloseError = value;
        }
    }

    /// <summary>Closes it unless it is closed; <paramref name="error"/> is what its adapter's readers are told, if anything.</summary>
    internal abstract bool TryClose(Exception? error);

    /// <summary>
    /// Called after every change, without the lock: tells the watchers, if the channel has an adapter.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void NotifyWatchers()
    {
        if (IsWatched)
            TellWatchers();
    }

    /// <summary>Takes a watcher that was cancelled out of its list; false if it is being told already.</summary>
    internal bool TryRemoveWatcher(WatchOperation watcher)
    {
        Lock();
        bool removed = _extra!.Watchers!.TryRemove(watcher);
        Unlock();
        return removed;
    }

    /// <summary>Takes the lock, and out of their lists the watchers that are to be told.</summary>
    private protected abstract ChanWatchers.Notice TakeNotice(ChanWatchers watchers);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TellWatchers()
    {
        if (_extra!.Watchers is ChanWatchers watchers && watchers.Listens(IsClosed))
            TakeNotice(watchers).Tell(CloseError);
    }

    /// <summary>
    /// A spinning lock of four bytes. It is held for some ten instructions, and no user code runs under it. Never enters a managed wait.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Lock()
    {
        if (Interlocked.CompareExchange(ref _lock, 1, 0) != 0)
            LockContended();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Unlock()
    {
        AssertLocked();
        Volatile.Write(ref _lock, 0);
    }

    [Conditional("DEBUG")]
    private protected void AssertLocked() => Debug.Assert(Volatile.Read(ref _lock) == 1, "The channel is not locked.");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void NoteUser(Machine? machine)
    {
        if (machine?.Current is null && !_isUsedOutside)
            NoteOutsider(machine);
    }

    /// <summary>With the lock: from now on it is watched.</summary>
    private protected void NoteWatcher()
    {
        IsWatched = true;
        Interlocked.Increment(ref s_newcomers);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void NoteOutsider(Machine? machine)
    {
        if (machine?.OutOnCall is not null)
            return; // a goroutine, in a declared call
        Volatile.Write(ref _isUsedOutside, true);
        Interlocked.Increment(ref s_newcomers);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private unsafe void LockContended()
    {
        IThreadPlatform platform = ThreadPlatform.Current;
        for (int round = 0; ; round++)
        {
            if (round < SpinRounds && Environment.ProcessorCount > 1)
            {
                Thread.SpinWait(PausesPerRound);
            }
            else if (round < SpinRounds + YieldRounds)
            {
                platform.Yield();
            }
            else
            {
                int word = 0;
                platform.Wait(&word, 0, NapNanoseconds);
            }

            if (Volatile.Read(ref _lock) == 0 && Interlocked.CompareExchange(ref _lock, 1, 0) == 0)
                return;
        }
    }
}
