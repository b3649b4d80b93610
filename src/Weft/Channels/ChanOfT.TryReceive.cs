using Weft.Waiting;

namespace Weft;

/// <content>A receive that does not wait and tells a closed channel from an empty one.</content>
public sealed partial class Chan<T>
{
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
