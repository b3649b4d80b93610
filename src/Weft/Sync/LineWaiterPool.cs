using Weft.Waiting;

namespace Weft.Sync;

/// <summary>The waiters of a line that are to be used again, guarded by the line's gate. A mutable struct.</summary>
internal struct LineWaiterPool
{
    /// <summary>What a crowd leaves behind is bounded: some 150 KB for each line that had one.</summary>
    private const int MaxCount = 1024;

    private LineWaiter? _first;
    private int _count;

    /// <summary>A waiter for another use; null if there is none.</summary>
    internal LineWaiter? Rent(ref SpinGate gate)
    {
        gate.Enter();
        LineWaiter? waiter = _first;
        if (waiter is not null)
        {
            _first = waiter.Following;
            waiter.Following = null;
            _count--;
        }

        gate.Exit();
        return waiter;
    }

    /// <summary>Ends the use of a waiter, and keeps it if there is room and nothing may still look at it.</summary>
    internal void Return(LineWaiter waiter, ref SpinGate gate)
    {
        if (!waiter.End())
            return;
        gate.Enter();
        if (_count < MaxCount)
        {
            waiter.Following = _first;
            _first = waiter;
            _count++;
        }

        gate.Exit();
    }
}
