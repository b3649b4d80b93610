using System.Diagnostics;
using System.Threading.Channels;
using Weft.Channels;
using Weft.Runtime.Core;
using Weft.Waiting;

namespace Weft;

/// <summary>
/// A channel as Go has it: goroutines, and any other thread, hand values to each other through it, first come, first served. An unbuffered
/// one lets sender and receiver meet; a buffered one holds values until somebody receives them, and makes senders wait when it is full.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
/// <remarks>
/// <para>
/// All public members may be used from any thread. A wait in a goroutine costs no thread with the asynchronous operations; the blocking
/// ones (<see cref="Send"/>, <see cref="Receive"/>) keep the thread, and the processor goes on to another.
/// </para>
/// <para>
/// What an operation returns is to be awaited once, as a <see cref="ValueTask"/>, to which it converts. Each has begun when it returns: a
/// value sent may be received before the send is awaited.
/// </para>
/// <para>A channel needs no closing and no disposal; close it to tell its receivers that nothing more will come.</para>
/// </remarks>
/// <example>
/// <code>
/// var numbers = new Chan&lt;int&gt;();
/// Go.Start(async () =>
/// {
///     for (int i = 0; i &lt; 3; i++)
///         await numbers.SendAsync(i);
///     numbers.Close();
/// });
/// await foreach (int number in numbers)
///     Console.WriteLine(number);
/// </code>
/// </example>
[DebuggerDisplay("{DebugText,nq}")]
[DebuggerTypeProxy(typeof(Chan<>.DebugView))]
public sealed partial class Chan<T> : Chan, IAsyncEnumerable<T>
{
    // All under the lock. A ring that holds _count values from _head on; null for an unbuffered channel.
    private readonly T[]? _buffer;
    private int _head;
    private int _count;

    // Receivers wait only while the ring is empty, senders only while it is full; both at once only through a select that waits for both.
    private WaitQueue<T> _receivers;
    private WaitQueue<T> _senders;

    /// <summary>Makes a channel.</summary>
    /// <param name="capacity">How many values it holds that nobody has received yet; 0 makes it unbuffered.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is negative, or more than
    /// <see cref="Array.MaxLength"/>.</exception>
    public Chan(int capacity = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, Array.MaxLength);
        if (capacity > 0)
            _buffer = new T[capacity];
    }

    /// <inheritdoc/>
    public override int Capacity => _buffer?.Length ?? 0;

    /// <inheritdoc/>
    public override int Count => Volatile.Read(ref _count);

    /// <summary>Sends a value; waits until somebody receives it or, in a buffered channel, until there is room.</summary>
    /// <param name="value">The value.</param>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>; the value is not sent then.</param>
    /// <exception cref="ChannelClosedException">The channel is closed, or was closed meanwhile.</exception>
    public SendAwaitable SendAsync(T value, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return new SendAwaitable(ChanOperation<T>.Failed(Outcome.Cancelled, cancellationToken));
        Machine? machine = Machine.Calling;
        Lock();
        NoteUser(machine);
        Outcome outcome = SendNow(value, out Waiter<T>? receiver);
        if (outcome == Outcome.Pending)
        {
            var operation = ChanOperation<T>.Begin(this, machine?.Current, isSend: true);
            operation.Value = value;
            _senders.Add(operation);
            Unlock();
            NotifyWatchers();
            if (cancellationToken.CanBeCanceled)
                operation.CancelWith(cancellationToken);
            return new SendAwaitable(operation);
        }

        Unlock();
        NotifyWatchers();
        receiver?.Finish(Outcome.Done, machine);
        if (outcome == Outcome.Closed)
            return new SendAwaitable(ChanOperation<T>.Failed(Outcome.Closed, default));
        return machine is { Current: { } goroutine } && machine.SpendBudget()
            ? new SendAwaitable(Turn(goroutine, isSend: true, default!, Outcome.Done))
            : SendAwaitable.Sent;
    }

    /// <summary>
    /// Receives a value; waits for one if need be. As in Go, a closed and empty channel gives the type's default at once.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>; no value is taken then.</param>
    /// <returns>The value. <see cref="ReceiveOrClosedAsync"/> tells a default that was sent from a closed channel.</returns>
    public ReceiveAwaitable<T> ReceiveAsync(CancellationToken cancellationToken = default) =>
        ReceiveOrBegin(cancellationToken, out T value, out _) is { } operation
            ? new ReceiveAwaitable<T>(operation)
            : new ReceiveAwaitable<T>(value);

    /// <summary>Receives a value, or learns that the channel is closed and empty; waits for either if need be.</summary>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>; no value is taken then.</param>
    public ReceiveOrClosedAwaitable<T> ReceiveOrClosedAsync(CancellationToken cancellationToken = default) =>
        ReceiveOrBegin(cancellationToken, out T value, out Outcome outcome) is { } operation
            ? new ReceiveOrClosedAwaitable<T>(operation)
            : new ReceiveOrClosedAwaitable<T>(new Received<T>(value, outcome == Outcome.Done));

    /// <summary>Sends a value if that is possible without waiting.</summary>
    /// <param name="value">What to send.</param>
    /// <returns>Whether it was sent.</returns>
    /// <exception cref="ChannelClosedException">The channel is closed.</exception>
    public bool TrySend(T value)
    {
        Machine? machine = Machine.Calling;
        Lock();
        NoteUser(machine);
        Outcome outcome = SendNow(value, out Waiter<T>? receiver);
        Unlock();
        NotifyWatchers();
        receiver?.Finish(Outcome.Done, machine);
        return outcome == Outcome.Closed ? throw SendOnClosed() : outcome == Outcome.Done;
    }

    /// <summary>
    /// Sends a value; blocks the calling thread until somebody receives it or, in a buffered channel, until there is room.
    /// </summary>
    /// <param name="value">The value.</param>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>; the value is not sent then.</param>
    /// <exception cref="ChannelClosedException">The channel is closed, or was closed meanwhile.</exception>
    public void Send(T value, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Machine? machine = Machine.Calling;
        Lock();
        NoteUser(machine);
        Outcome outcome = SendNow(value, out Waiter<T>? receiver);
        if (outcome == Outcome.Pending)
        {
            var waiter = new BlockingWaiter<T> { Value = value };
            _senders.Add(waiter);
            Unlock();
            NotifyWatchers();
            outcome = waiter.Wait(this, isSend: true, cancellationToken);
        }
        else
        {
            Unlock();
            NotifyWatchers();
            receiver?.Finish(Outcome.Done, machine);
        }

        if (outcome == Outcome.Closed)
            throw SendOnClosed();
    }

    /// <summary>
    /// Receives a value; blocks the calling thread until there is one. A closed and empty channel gives the type's default.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>; no value is taken then.</param>
    public T Receive(CancellationToken cancellationToken = default) => ReceiveOrClosed(cancellationToken).Value;

    /// <summary>Receives a value, or learns that the channel is closed and empty; blocks the calling thread until then.</summary>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>; no value is taken then.</param>
    public Received<T> ReceiveOrClosed(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Machine? machine = Machine.Calling;
        Lock();
        NoteUser(machine);
        Outcome outcome = ReceiveNow(out T value, out Waiter<T>? sender);
        if (outcome == Outcome.Pending)
        {
            var waiter = new BlockingWaiter<T>();
            _receivers.Add(waiter);
            Unlock();
            NotifyWatchers();
            outcome = waiter.Wait(this, isSend: false, cancellationToken);
            value = waiter.Value;
        }
        else
        {
            Unlock();
            NotifyWatchers();
            sender?.Finish(Outcome.Done, machine);
        }

        return new Received<T>(value, outcome == Outcome.Done);
    }

    /// <summary>Receives until the channel is closed and empty: <c>await foreach</c>, Go's <c>for v := range c</c>.</summary>
    /// <param name="cancellationToken">Ends the loop with an <see cref="OperationCanceledException"/>.</param>
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        new ChanEnumerator<T>(this, cancellationToken);

    /// <summary>
    /// For timers and the adapter: sends if there is room or a receiver, and is no user of the channel (<see cref="Chan.NoteUser"/>).
    /// </summary>
    /// <returns>Whether it was sent.</returns>
    internal bool TrySendUnlessClosed(T value)
    {
        Lock();
        Outcome outcome = SendNow(value, out Waiter<T>? receiver);
        Unlock();
        NotifyWatchers();
        receiver?.Finish(Outcome.Done, Machine.Calling);
        return outcome == Outcome.Done;
    }

    /// <summary>
    /// For a value that was received by a goroutine which never runs again and has not looked at it: the next receiver gets the value. It
    /// comes before all other values as far as there is room.
    /// </summary>
    internal void GiveBack(T value)
    {
        Lock();
        Waiter<T>? receiver = _receivers.Take();
        if (receiver is not null)
            receiver.Value = value;
        else if (_count < Capacity)
            PutFirst(value);
        else
            _senders.AddFirst(new GivenBack<T>(value));
        Unlock();
        NotifyWatchers();
        receiver?.Finish(Outcome.Done, Machine.Calling);
    }

    /// <summary>Takes a waiter out of the queue, for a cancellation; false when it is not in there any more.</summary>
    internal bool TryRemove(Waiter<T> waiter, bool isSend)
    {
        Lock();
        bool isQueued = waiter.IsQueued;
        if (isQueued)
            QueueOf(isSend).Remove(waiter);
        Unlock();
        return isQueued;
    }

    /// <inheritdoc/>
    internal override bool TryClose(Exception? error)
    {
        Machine? machine = Machine.Calling;
        Waiter<T>? woken = null;
        Lock();
        if (IsClosedLocked)
        {
            Unlock();
            return false;
        }

        Volatile.Write(ref IsClosedLocked, true);
        CloseError = error;
        while ((_receivers.Take() ?? _senders.Take()) is Waiter<T> waiter)
        {
            waiter.After = woken;
            woken = waiter;
        }

        Unlock();
        NotifyWatchers();
        while (woken is Waiter<T> waiter)
        {
            woken = waiter.After;
            waiter.After = null;
            waiter.Finish(Outcome.Closed, machine);
        }

        return true;
    }

    /// <summary>Receives at once, or gives an operation that has to be awaited.</summary>
    internal ChanOperation<T>? ReceiveOrBegin(CancellationToken token, out T value, out Outcome outcome)
    {
        if (token.IsCancellationRequested)
        {
            value = default!;
            outcome = Outcome.Cancelled;
            return ChanOperation<T>.Failed(Outcome.Cancelled, token);
        }

        Machine? machine = Machine.Calling;
        Lock();
        NoteUser(machine);
        outcome = ReceiveNow(out value, out Waiter<T>? sender);
        if (outcome == Outcome.Pending)
        {
            var operation = ChanOperation<T>.Begin(this, machine?.Current, isSend: false);
            _receivers.Add(operation);
            Unlock();
            NotifyWatchers();
            if (token.CanBeCanceled)
                operation.CancelWith(token);
            return operation;
        }

        Unlock();
        NotifyWatchers();
        sender?.Finish(Outcome.Done, machine);
        return machine is { Current: { } goroutine } && machine.SpendBudget() ? Turn(goroutine, isSend: false, value, outcome) : null;
    }

    /// <summary>An operation that has ended already: the goroutine has spent its budget, and the others are to have a turn.</summary>
    private ChanOperation<T> Turn(Goroutine goroutine, bool isSend, T value, Outcome outcome)
    {
        var operation = ChanOperation<T>.Begin(this, goroutine, isSend);
        operation.Value = value;
        operation.EndAfterTurn(outcome);
        return operation;
    }

    internal static ChannelClosedException SendOnClosed() => new("send on closed channel");
}
