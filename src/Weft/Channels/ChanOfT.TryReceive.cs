using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Weft.Channels;
using Weft.Runtime.Core;
using Weft.Waiting;

namespace Weft;

/// <content>Receives that do not wait.</content>
public sealed partial class Chan<T>
{
    /// <summary>Receives a value if there is one.</summary>
    /// <param name="value">The value; the type's default if there was none.</param>
    /// <returns>Whether there was one; false also when the channel is closed and empty.</returns>
    public bool TryReceive([MaybeNullWhen(false)] out T value) => ReceiveAtOnce(out value) == Outcome.Done;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Outcome ReceiveAtOnce([MaybeNull] out T value)
    {
        Machine? machine = Machine.Calling;
        Lock();
        NoteUser(machine);
        Outcome outcome = ReceiveNow(out value, out Waiter<T>? sender);
        Unlock();
        NotifyWatchers();
        sender?.Finish(Outcome.Done, machine);
        return outcome;
    }

    /// <summary>
    /// Receives at once, if <see cref="ReceiveOrClosed"/> would not have to wait: Go's <c>v, ok := &lt;-c</c> in a select with a default.
    /// </summary>
    /// <param name="received">
    /// A value, or the news that the channel is closed and empty (<see cref="Received{T}.HasValue"/> is false); the default when the method
    /// returns false.
    /// </param>
    /// <returns>False: there is no value, but the channel is open, so that one may come.</returns>
    /// <example>
    /// <code>
    /// while (numbers.TryReceiveOrClosed(out Received&lt;int&gt; received) &amp;&amp; received.HasValue)
    ///     Console.WriteLine(received.Value);
    /// </code>
    /// </example>
    public bool TryReceiveOrClosed(out Received<T> received)
    {
        Outcome outcome = ReceiveAtOnce(out T? value);
        received = new Received<T>(value!, outcome == Outcome.Done);
        return outcome != Outcome.Pending;
    }
}
