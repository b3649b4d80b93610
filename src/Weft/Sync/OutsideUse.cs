using System.Runtime.CompilerServices;
using Weft.Runtime.Core;
using Weft.Runtime.Running;

namespace Weft.Sync;

/// <summary>
/// Whether a thread that runs no goroutine has used a primitive, and so may end a wait there. Never goes back. A mutable struct.
/// </summary>
/// <remarks>
/// Publisher: the user from outside notes itself, then takes what the primitive gives.
/// Looker: the waiter finds that taken, then reads the note.
/// Fences: what takes and what finds it taken is interlocked, or under a gate.
/// Therefore: a waiter that waits for a user from outside sees the note.
/// Model: none; the step that both take orders the note.
/// </remarks>
internal struct OutsideUse
{
    private bool _isNoted;

    /// <summary>Notes the calling thread, unless it runs a goroutine. Before the primitive is asked for what it gives.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void NoteCaller()
    {
        if (!_isNoted && Machine.CallingGoroutine is null)
            _isNoted = true;
    }

    /// <summary>Notes a waiter that will have what it waits for outside goroutines. Before it enters the line.</summary>
    internal void Note() => _isNoted = true;

    /// <summary>What a goroutine waits for there; see <see cref="WaitReasons.OnlyGoroutinesWake"/>.</summary>
    internal readonly WaitReason ReasonFor(WaitReason reason, CancellationToken token) =>
        _isNoted || token.CanBeCanceled ? reason | WaitReason.OrOutside : reason;
}
