using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using Weft.Runtime.Host;
using Weft.Runtime.Running;

namespace Weft.Waiting;

/// <summary>
/// What every wait of Weft has, whatever it waits for: the number of its use, its outcome, and the words for misuse. A wait is a work item,
/// so it goes through a goroutine's mailbox without an allocation: <see cref="WorkItem.Action"/> is what goes on after the wait, null until
/// the wait is awaited.
/// </summary>
/// <remarks>
/// There are two kinds. An <see cref="Operation"/> begins before it is awaited, and its goroutine's run right orders its end and its await.
/// A <see cref="PlacedWait"/> knows where it is awaited, and its end comes after that, or is ordered by its own kind.
/// </remarks>
internal abstract class WaitSource : WorkItem
{
    /// <summary>Calls an <see cref="System.Action"/> that is the state of something that takes one.</summary>
    internal static readonly Action<object?> Invoke = static action => ((Action)action!)();

    private short _version;

    /// <summary>What an awaitable over this use of the wait needs to know: another for each use.</summary>
    internal short Version => _version;

    /// <summary>Ends the use of the wait: what is left of its awaitables is refused.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected void EndVersion() => _version++;

    /// <exception cref="InvalidOperationException">The awaitable belongs to an earlier use.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected void CheckVersion(short token)
    {
        if (token != _version)
            throw Misuse.AwaitedTwice();
    }

    /// <summary>
    /// Where code that awaits through a <see cref="ValueTask"/> wants to go on. The continuation is replaced if the
    /// <see cref="ExecutionContext"/> is to flow.
    /// </summary>
    private protected static object? PlaceFor(
        ValueTaskSourceOnCompletedFlags flags,
        ref Action<object?> continuation,
        ref object? state)
    {
        if ((flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0)
            FlowedContinuation.Replace(ref continuation, ref state);
        return (flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) != 0 ? WaitContext.Capture() : null;
    }

    /// <summary>The outcome for an awaiter that asks through a <see cref="ValueTask"/>.</summary>
    /// <param name="outcome">The outcome so far.</param>
    /// <param name="isAwaited">Whether the wait has its awaiter.</param>
    /// <exception cref="InvalidOperationException">The wait has not ended, and is awaited already.</exception>
    private protected static ValueTaskSourceStatus StatusOf(Outcome outcome, bool isAwaited) => outcome switch
    {
        Outcome.Pending when isAwaited => throw Misuse.AwaitedTwice(),
        Outcome.Pending => ValueTaskSourceStatus.Pending,
        Outcome.Cancelled => ValueTaskSourceStatus.Canceled,
        Outcome.Failed => ValueTaskSourceStatus.Faulted,
        _ => ValueTaskSourceStatus.Succeeded,
    };
}
