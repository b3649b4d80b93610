using Weft.Runtime.Core;
using Weft.Runtime.Running;
using Weft.Waiting;

namespace Weft.Channels;

/// <summary>
/// A place in one of a channel's queues: an operation that waits for its counterpart. Everything here is guarded by the channel's lock;
/// once the waiter has been taken out of the queue (and claimed, see <see cref="TryClaim"/>), it belongs to the thread that took it.
/// </summary>
internal abstract class Waiter<T> : SendOperation
{
    /// <summary>The neighbours in the queue, which is a ring; both null when the waiter is alone in it, or in none.</summary>
    internal Waiter<T>? Before;
    internal Waiter<T>? After;

    /// <summary>What is sent, or what was received.</summary>
    internal T Value = default!;

    /// <summary>
    /// Whether it is anything but a plain <see cref="ChanOperation{T}"/>; those are claimed by taking them out of the queue, and told by
    /// <see cref="Operation.Complete"/>, without a virtual call.
    /// </summary>
    internal bool IsSpecial;

    /// <summary>
    /// Decides for the caller, who holds the channel's lock and has just taken the waiter out of the queue, that the waiter is his; false
    /// when somebody else was first at another channel of the same select.
    /// </summary>
    internal bool TryClaim() => !(LeftBehind.Exists && IsLeft) && (!IsSpecial || TryClaimSpecial());

    /// <summary>Whether the goroutine that waits never runs again.</summary>
    internal bool IsLeft => IsSpecial ? IsLeftSpecial : IsLeftBehind;

    /// <summary>With the channel's lock: whether <see cref="TryClaim"/> would succeed now.</summary>
    internal bool IsOpen => !(LeftBehind.Exists && IsLeft) && (!IsSpecial || IsOpenSpecial);

    /// <summary>Tells a claimed waiter how it ended. Without locks.</summary>
    /// <param name="outcome">How it ended.</param>
    /// <param name="machine">The calling machine, or null.</param>
    internal void Finish(Outcome outcome, Machine? machine)
    {
        if (IsSpecial)
            FinishSpecial(outcome, machine);
        else
            Complete(outcome, machine);
    }

    /// <inheritdoc cref="IsLeft"/>
    private protected virtual bool IsLeftSpecial => false;

    /// <inheritdoc cref="IsOpen"/>
    private protected virtual bool IsOpenSpecial => true;

    /// <inheritdoc cref="TryClaim"/>
    private protected virtual bool TryClaimSpecial() => true;

    /// <inheritdoc cref="Finish"/>
    private protected virtual void FinishSpecial(Outcome outcome, Machine? machine) => Complete(outcome, machine);
}
