using System.Diagnostics;

namespace Weft;

/// <summary>
/// Waits for the first of several things: receives and sends of any types, a time, the end of a task. It is made once and can wait any
/// number of times, which allocates nothing in the steady state; or it is written as one expression with the On methods.
/// </summary>
/// <remarks>
/// <para>
/// As in Go, the cases are looked at in random order and as of one instant, all channels being locked, so a ready case is chosen fairly and
/// never overlooked; one case wins, and the others do nothing. A closed channel is always ready to receive from, and a case without a
/// channel never. The same channel may appear several times, and a select never meets itself. The algorithm is that of Go's runtime:
/// channels are locked in a fixed order, and the cases are queued at all of them if none is ready. Unlike there, in a select that a
/// goroutine uses again a case that did not win keeps its place in the channel's queue for the next wait.
/// </para>
/// <para>
/// A select is for one goroutine, or thread, at a time, and for one wait at a time. The channels may be used by any thread meanwhile.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// var select = new Select();
/// ReceiveCase&lt;int&gt; number = select.Receive(numbers);
/// TimeoutCase late = select.Timeout(TimeSpan.FromSeconds(1));
/// while (true)
/// {
///     SelectCase winner = await select.WaitAsync();
///     if (winner == late || !number.HasValue)
///         break;
///     Console.WriteLine(number.Value);
/// }
///
/// // The same for one wait, as an expression:
/// await new Select()
///     .OnReceive(numbers, n => Console.WriteLine(n))
///     .OnTimeout(TimeSpan.FromSeconds(1), () => Console.WriteLine("late"))
///     .RunAsync();
/// </code>
/// </example>
[DebuggerDisplay("{DebugText,nq}")]
[DebuggerTypeProxy(typeof(DebugView))]
public sealed partial class Select
{
    /// <summary>How many cases a select can have; Go's figure.</summary>
    public const int MaxCases = 65_536;

    private SelectCase[] _cases = [];
    private int _count;

    /// <summary>Adds a case that receives.</summary>
    /// <typeparam name="T">The type of the channel's values.</typeparam>
    /// <param name="channel">The channel, or null for a case that is switched off for now.</param>
    /// <exception cref="InvalidOperationException">The select waits, or has <see cref="MaxCases"/> cases.</exception>
    public ReceiveCase<T> Receive<T>(IReceiveChan<T>? channel) => Add(new ReceiveCase<T>(this, _count, channel?.Chan));

    /// <summary>Adds a case that sends.</summary>
    /// <typeparam name="T">The type of the channel's values.</typeparam>
    /// <param name="channel">The channel, or null for a case that is switched off for now.</param>
    /// <param name="value">What to send; <see cref="SendCase{T}.Value"/> changes it.</param>
    /// <exception cref="InvalidOperationException">The select waits, or has <see cref="MaxCases"/> cases.</exception>
    public SendCase<T> Send<T>(ISendChan<T>? channel, T value = default!) =>
        Add(new SendCase<T>(this, _count, channel?.Chan, value));

    /// <summary>Adds a case that wins when a wait has lasted that long.</summary>
    /// <param name="duration">
    /// From the beginning of each wait; zero or less: it wins at once if no other case does; <see cref="TimeSpan.MaxValue"/> switches it
    /// off.
    /// </param>
    /// <exception cref="InvalidOperationException">The select waits, or has <see cref="MaxCases"/> cases.</exception>
    public TimeoutCase Timeout(TimeSpan duration) => Add(new TimeoutCase(this, _count, duration));

    /// <summary>Adds a case that wins when a task has ended, however it ended.</summary>
    /// <param name="task">The task, or null for a case that is switched off for now.</param>
    /// <exception cref="InvalidOperationException">The select waits, or has <see cref="MaxCases"/> cases.</exception>
    public TaskCase Task(Task? task) => Add(new TaskCase(this, _count, task));

    /// <summary>
    /// Adds a case that wins when a token is cancelled: Go's <c>case &lt;-ctx.Done()</c>. Unlike a token that is given to
    /// <see cref="WaitAsync"/>, it is one case of several and throws nothing.
    /// </summary>
    /// <param name="token">The token; one that cannot be cancelled switches the case off for now.</param>
    /// <exception cref="InvalidOperationException">The select waits, or has <see cref="MaxCases"/> cases.</exception>
    public CancelledCase Cancelled(CancellationToken token) => Add(new CancelledCase(this, _count, token));

    /// <summary>A property of a case is about to change.</summary>
    internal void NoteChange(bool ofChannel)
    {
        if (_isWaiting)
            throw new InvalidOperationException("A select cannot be changed while it waits.");
        _isStale |= ofChannel;
    }

    private TCase Add<TCase>(TCase added)
        where TCase : SelectCase
    {
        NoteChange(ofChannel: true);
        if (_count == MaxCases)
            throw new InvalidOperationException($"A select can have {MaxCases} cases.");
        if (_count == _cases.Length)
        {
            int length = Math.Max(4, 2 * _count);
            Array.Resize(ref _cases, length);
            _candidates = new Candidate[length];
        }

        _hasOthers |= added.Place is null;
        _cases[_count++] = added;
        return added;
    }
}
