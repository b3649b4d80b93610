using Weft.Channels;
using Weft.Scheduling;

namespace Weft;

/// <summary>One of the things a <see cref="Weft.Select"/> waits for.</summary>
/// <remarks>Not safe for several threads: it belongs to the one who waits with its select, and may be changed between two waits only.</remarks>
public abstract class SelectCase
{
    private protected SelectCase(Select select, int index)
    {
        Select = select;
        Index = index;
    }

    /// <summary>Its place among the cases of its select, from 0.</summary>
    public int Index { get; }

    /// <summary>The select it belongs to.</summary>
    internal Select Select { get; }

    /// <summary>What <see cref="Weft.Select.RunAsync"/> does when the case has won.</summary>
    internal Action? Handler { get; set; }

    /// <summary>The channel whose lock the case needs; null for a case without, and for one that is switched off.</summary>
    internal abstract Chan? Locked { get; }

    /// <summary>
    /// With the channel's lock: goes through with it if that is possible at once. <paramref name="counterpart"/> is to be called with the
    /// machine once the locks are given up.
    /// </summary>
    internal abstract bool TryNow(out Operation? counterpart);

    /// <summary>After <see cref="TryNow"/>, and without locks: tells the counterpart.</summary>
    internal virtual void FinishCounterpart(Operation counterpart, Machine? machine)
    {
    }

    /// <summary>With the channel's lock: goes into its queue.</summary>
    internal virtual void Enqueue(SelectOperation operation)
    {
    }

    /// <summary>Without locks, once the wait has begun: whatever else may end it.</summary>
    internal virtual void Arm(SelectOperation operation)
    {
    }

    /// <summary>Without locks, once the wait is over: leaves no trace of it, whether the case has won or not.</summary>
    internal abstract void Leave(bool hasWon);

    /// <summary>Gives what the case has brought to its public face, or throws what it ended with. On the goroutine that waited.</summary>
    internal virtual void Conclude()
    {
    }
}
