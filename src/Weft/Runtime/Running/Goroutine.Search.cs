using Weft.Runtime.Running;

namespace Weft;

/// <content>
/// Being looked at by a search for goroutines that nothing can wake: for a moment the handle leads nowhere.
/// <para>
/// <b>Held.</b> The searcher moves the mailbox of a Parked goroutine to Held, and from then on has the run right: no other thread touches
/// what belongs to that (the body, what the goroutine keeps, its selects, its parent). A sender that brings something to run finds the
/// goroutine not Parked and pushes to the inbox, from which nothing is taken away. The searcher puts everything back before it lets go,
/// and looks at the inbox as a machine does that parks the goroutine: see <see cref="Mailbox"/>.
/// </para>
/// <para>
/// <b>What is used without the run right.</b> The sources of <see cref="Completion"/> and of a result's task are asked for by any thread: a
/// mark stands in their place, and a caller that finds the mark waits. Goroutines that await this one are pushed to a stack, on which they
/// find the ones put back below them. Status, phase, identity, wait reason and lock are not touched.
/// </para>
/// </content>
public abstract partial class Goroutine
{
    // In the place of a body that the collector has taken.
    private static readonly object s_gone = new();

    /// <summary>
    /// Parked to Held; the caller has the run right until <see cref="LetGo"/>. False if it is not parked, or has something other than a
    /// parked body.
    /// </summary>
    internal bool TryHold()
    {
        if (!_mailbox.TryHold())
            return false;

        // A machine that blocks with frames of it has a stack, and that leads to all it needs.
        if ((_flags & (FlagBegun | FlagEnded)) == FlagBegun && Volatile.Read(ref _blockedDepth) == 0)
            return true;
        LetGo();
        return false;
    }

    /// <summary>Gives up what <see cref="TryHold"/> gave, and has the goroutine run if something came meanwhile.</summary>
    internal void LetGo()
    {
        if (_mailbox.LetGo())
            Home.Enqueue(this);
    }

    /// <summary>Whether something came while it was held.</summary>
    internal bool WasSentTo => _mailbox.HasArrivals;

    /// <summary>
    /// No search is needed to know that it never goes on: the body itself sleeps without end, and nothing else of the goroutine does
    /// anything; or the body is gone since a search confirmed that. While it sleeps; it may be held.
    /// </summary>
    internal bool NeverGoesOn => _body == s_gone
        || (_waitReason is WaitReason.SleepForever or WaitReason.SelectNothing
            && (_flags & (FlagParkedOnWeft | FlagManyFlows)) == FlagParkedOnWeft);

    /// <summary>Takes away what the handle leads to. Called by the searcher that holds the goroutine.</summary>
    /// <param name="alone">No other scheduler has goroutines.</param>
    internal GoroutineLuggage DetachLuggage(bool alone)
    {
        var luggage = new GoroutineLuggage
        {
            Body = _body,
            BodyContinuation = _bodyContinuation,
            KeptOperations = _keptOperations,
            KeptSleep = _keptSleep,
            KeptSelects = _extra?.KeptSelects,
            Ends = DetachEnds(alone),
        };
        _body = null;
        _bodyContinuation = null;
        _keptOperations = null;
        _keptSleep = null;
        if (luggage.KeptSelects is not null)
            _extra!.KeptSelects = null;
        return luggage;
    }

    /// <summary>Undoes <see cref="DetachLuggage"/>.</summary>
    internal void AttachLuggage(GoroutineLuggage luggage)
    {
        _body = luggage.Body;
        _bodyContinuation = luggage.BodyContinuation;
        _keptOperations = luggage.KeptOperations;
        _keptSleep = luggage.KeptSleep;
        if (luggage.KeptSelects is not null)
            _extra!.KeptSelects = luggage.KeptSelects;
        if (luggage.Ends is not null)
            AttachEnds(luggage.Ends);
    }

    /// <summary>
    /// Instead of <see cref="AttachLuggage"/>, of a goroutine that is lost: the body is gone, and the ends are what is left of them.
    /// </summary>
    internal void AttachWithoutBody(GoroutineEnds ends)
    {
        _body = s_gone;
        AttachEnds(ends);
    }

    /// <summary>Takes away what leads to those that wait for the end; null if there is nothing to take.</summary>
    /// <remarks>
    /// The end of the scheduler tells them, too. Those of the same scheduler end with it, so it does not count as something that wakes
    /// them. Others are not taken away.
    /// </remarks>
    internal GoroutineEnds? DetachEnds(bool alone)
    {
        GoroutineEnds? ends = null;
        DetachOwnEnds(alone, ref ends);
        if (alone && _extra is { Completion: TaskCompletionSource completion } extra)
        {
            ends ??= new GoroutineEnds();
            (ends.HasCompletion, ends.Completion) = (true, completion);
            Volatile.Write(ref extra.Completion, GoroutineEnds.Away);
        }

        return ends;
    }

    /// <summary>Undoes <see cref="DetachEnds"/>.</summary>
    internal void AttachEnds(GoroutineEnds ends)
    {
        AttachOwnEnds(ends);
        if (ends.HasCompletion)
            Volatile.Write(ref _extra!.Completion, ends.Completion);
    }

    /// <summary>As <see cref="DetachEnds"/>, for what a kind of goroutine has of its own.</summary>
    private protected virtual void DetachOwnEnds(bool alone, ref GoroutineEnds? ends)
    {
    }

    /// <summary>Undoes <see cref="DetachOwnEnds"/>.</summary>
    private protected virtual void AttachOwnEnds(GoroutineEnds ends)
    {
    }
}
