using Weft.Runtime.Core;
using Weft.Runtime.Running;
using Weft.Waiting;

namespace Weft.Channels;

/// <summary>
/// A place in one of a channel's queues, with what is sent or received. Everything here is guarded by the channel's lock. Once the waiter
/// has been taken out of the queue and claimed (<see cref="TryClaim"/>), it belongs to the thread that took it. The place that a select
/// keeps while it does not wait can be claimed by nobody: its value belongs to the user of the select.
/// </summary>
internal abstract class Waiter<T> : Waiter
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
    /// Claims the waiter for the caller, which has the channel's lock and has just taken the waiter out of the queue. False when the waiter
    /// belongs to a select that was claimed at another of its channels.
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
