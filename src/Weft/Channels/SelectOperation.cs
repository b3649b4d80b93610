using System.Threading.Tasks.Sources;
using Weft.Scheduling;

namespace Weft.Channels;

/// <summary>The wait of a select: who of several may end it, and that only one does.</summary>
/// <remarks>
/// <see cref="_state"/> holds the number of the wait in its upper half and, in its lower, the index of the case that has won plus one, or zero
/// while none has. A case is claimed by compare-and-swap from zero, with the number of the wait it was queued for: a timer, a task or a token
/// that comes late for an earlier wait cannot end this one.
/// </remarks>
internal sealed class SelectOperation : Operation, IValueTaskSource<SelectCase>
{
    /// <summary>The index by which a cancellation wins.</summary>
    internal const int CancelledIndex = Select.MaxCases;

    private const int WaitShift = 32;

    private readonly Select _select;
    private long _state;

    internal SelectOperation(Select select) => _select = select;

    /// <summary>The number of the wait; the select's goroutine asks, or somebody who compares it later.</summary>
    internal uint Wait => (uint)(Volatile.Read(ref _state) >> WaitShift);

    /// <summary>The index of the case that has won.</summary>
    internal int Winner => (int)(Volatile.Read(ref _state) & uint.MaxValue) - 1;

    internal void BeginWait(Goroutine? owner, WaitReason reason)
    {
        Begin(owner, reason);
        Volatile.Write(ref _state, (long)(Wait + 1) << WaitShift);
    }

    /// <summary>Decides that the case ends the wait; false if another has, or if that wait is over.</summary>
    internal bool TryClaim(uint wait, int index)
    {
        long open = (long)wait << WaitShift;
        return Volatile.Read(ref _state) == open && Interlocked.CompareExchange(ref _state, open | (uint)(index + 1), open) == open;
    }

    ValueTaskSourceStatus IValueTaskSource<SelectCase>.GetStatus(short token) => Status(token);

    void IValueTaskSource<SelectCase>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        Await(continuation, state, token, flags);

    SelectCase IValueTaskSource<SelectCase>.GetResult(short token) => GetResult(token);

    internal SelectCase GetResult(short token)
    {
        End(token);
        return _select.EndWait(this);
    }
}
