using System.Diagnostics;
using Weft.Channels;
using Weft.Channels.Selecting;
using Weft.Runtime.Core;
using Weft.Waiting;

namespace Weft;

/// <summary>One of the things a <see cref="Weft.Select"/> waits for.</summary>
/// <remarks>
/// Not safe for several threads: it belongs to the goroutine that waits with its select, and may be changed between two waits only.
/// </remarks>
[DebuggerDisplay("{DebugText,nq}")]
public abstract class SelectCase
{
    /// <summary>The channel; null for a case without, and for one that is switched off.</summary>
    internal Chan? Target;

    /// <summary>Its place in the channel's queue; null for a case that has no channel.</summary>
    internal readonly Waiter? Place;

    /// <summary>Whether the case sends.</summary>
    internal readonly bool IsSend;

    /// <summary>Where its select keeps the channel.</summary>
    internal int ChannelIndex;

    private protected SelectCase(Select select, int index, Chan? channel = null, Waiter? place = null, bool isSend = false)
    {
        Select = select;
        Index = index;
        Target = channel;
        Place = place;
        IsSend = isSend;
    }

    /// <summary>Its place among the cases of its select, from 0.</summary>
    public int Index { get; }

    /// <summary>What it waits for, for debuggers.</summary>
    private protected abstract string What { get; }

    private string DebugText => $"{Index}: {What}";

    /// <summary>The select it belongs to.</summary>
    internal Select Select { get; }

    /// <summary>
    /// What <see cref="Weft.Select.RunAsync"/> does when the case has won: an Action, a function that gives a Task, or null.
    /// </summary>
    internal Delegate? Handler { get; set; }

    /// <summary>Whether a case without a channel is on, so that code that is no goroutine may meet it.</summary>
    internal virtual bool IsMetFromOutside => false;

    /// <summary>
    /// With the channel's lock: goes through with it if that is possible at once. <paramref name="counterpart"/> is to be called with the
    /// machine once the locks are given up.
    /// </summary>
    internal abstract bool TryNow(out Operation? counterpart);

    /// <summary>After <see cref="TryNow"/>, and without locks: tells the counterpart.</summary>
    internal virtual void FinishCounterpart(Operation counterpart, Machine? machine)
    {
    }

    /// <summary>With the channel's lock: goes to the end of its queue.</summary>
    internal virtual void Enqueue(SelectOperation operation)
    {
    }

    /// <summary>Without locks, while no wait is open: gives up a place that was kept.</summary>
    internal virtual void WithdrawPlace()
    {
    }

    /// <summary>Another channel, or none; the place at the present one is given up.</summary>
    private protected void ChangeTarget(Chan? channel)
    {
        Select.NoteChange(ofChannel: channel != Target);
        if (channel == Target)
            return;
        WithdrawPlace();
        Target = channel;
    }

    /// <summary>Without locks, once the wait has begun: whatever else may end it.</summary>
    internal virtual void Arm(SelectOperation operation)
    {
    }

    /// <summary>Without locks, once the wait is over: undoes <see cref="Arm"/>.</summary>
    internal virtual void Disarm()
    {
    }

    /// <summary>The case has won, and its waiter will never look at what it has brought: another receiver gets it.</summary>
    internal virtual void GiveBack()
    {
    }

    /// <summary>Gives what the case has brought to its public face, or throws what it ended with. On the goroutine that waited.</summary>
    internal virtual void Conclude()
    {
    }
}
