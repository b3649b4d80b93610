using Weft.Channels;
using Weft.Scheduling;

namespace Weft;

/// <summary>
/// Waits for the first of several things: receives and sends of any types, a time, the end of a task. It is made once and can wait any number
/// of times, which allocates nothing in the steady state; or it is written as one expression with the On methods.
/// </summary>
/// <remarks>
/// <para>
/// As in Go, the cases are looked at in random order and as of one instant, all channels being locked, so a ready case is chosen fairly and
/// never overlooked; one case wins, and the others leave no trace. A closed channel is always ready to receive from, and a case without a
/// channel never. The same channel may appear several times, and a select never meets itself. The algorithm is the one of Go's runtime:
/// channels are locked in a fixed order, and the cases are queued at all of them if none is ready.
/// </para>
/// <para>A select is for one goroutine, or thread, at a time, and for one wait at a time. The channels may be used by anybody.</para>
/// </remarks>
/// <example>
/// <code>
/// var select = new Select();
/// ReceiveCase&lt;int&gt; number = select.Receive(numbers);
/// TimeoutCase late = select.Timeout(TimeSpan.FromSeconds(1));
/// while (true)
/// {
///     SelectCase winner = await select.WaitAsync();
///     if (winner == late || !number.Ok)
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
public sealed partial class Select
{
    /// <summary>How many cases a select can have; Go's figure.</summary>
    public const int MaxCases = 65_536;

    private SelectCase[] _cases = [];
    private int _count;

    // The cases in the order in which they are looked at, mixed anew each time.
    private int[] _order = [];

    // The channels of the cases, each once, in the order of their ids; made anew when _isStale.
    private Chan[] _channels = [];
    private int _channelCount;
    private bool _isStale;

    private SelectOperation? _operation;
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;
    private bool _isWaiting;
    private uint _random = (uint)Random.Shared.Next(1, int.MaxValue);

    /// <summary>Adds a case that receives.</summary>
    /// <param name="channel">The channel, or null for a case that is switched off for now.</param>
    /// <exception cref="InvalidOperationException">The select waits, or has <see cref="MaxCases"/> cases.</exception>
    public ReceiveCase<T> Receive<T>(Chan<T>? channel) => Add(new ReceiveCase<T>(this, _count, channel));

    /// <summary>Adds a case that sends.</summary>
    /// <param name="channel">The channel, or null for a case that is switched off for now.</param>
    /// <param name="value">What to send; <see cref="SendCase{T}.Value"/> changes it.</param>
    /// <exception cref="InvalidOperationException">The select waits, or has <see cref="MaxCases"/> cases.</exception>
    public SendCase<T> Send<T>(Chan<T>? channel, T value = default!) => Add(new SendCase<T>(this, _count, channel, value));

    /// <summary>Adds a case that wins when a wait has lasted that long.</summary>
    /// <param name="duration">From the beginning of each wait; infinite switches the case off.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="duration"/> is negative, and not infinite.</exception>
    /// <exception cref="InvalidOperationException">The select waits, or has <see cref="MaxCases"/> cases.</exception>
    public TimeoutCase Timeout(TimeSpan duration) => Add(new TimeoutCase(this, _count, duration));

    /// <summary>Adds a case that wins when a task has ended, however it ended.</summary>
    /// <param name="task">The task, or null for a case that is switched off for now.</param>
    /// <exception cref="InvalidOperationException">The select waits, or has <see cref="MaxCases"/> cases.</exception>
    public TaskCase Task(Task? task) => Add(new TaskCase(this, _count, task));

    /// <summary>Waits for the first case that can go on, and goes through with it. Without any case that can, it waits for ever.</summary>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>; nothing is sent or received then.</param>
    /// <returns>The case that has won; what it received is in the case.</returns>
    /// <exception cref="System.Threading.Channels.ChannelClosedException">The case that was met is a send to a closed channel.</exception>
    /// <exception cref="InvalidOperationException">The select waits already.</exception>
    public SelectAwaitable WaitAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Machine? machine = Machine.Calling;
        Goroutine? goroutine = machine?.Current;
        BeginLocked();
        if (TryNow(out Operation? counterpart) is SelectCase ready)
        {
            UnlockAll();
            if (counterpart is not null)
                ready.FinishCounterpart(counterpart, machine);
            if (goroutine is null || !machine!.SpendBudget())
                return new SelectAwaitable(ready);
            SelectOperation turn = Begin(goroutine, WaitReason.Yield);
            turn.TryClaim(turn.Wait, ready.Index);
            turn.EndAfterTurn(Outcome.Done);
            return new SelectAwaitable(turn);
        }

        SelectOperation operation = Begin(goroutine, Reason(cancellationToken));
        for (int i = 0; i < _count; i++)
        {
            if (_cases[i].Locked is not null)
                _cases[i].Enqueue(operation);
        }

        UnlockAll();
        foreach (SelectCase each in _cases.AsSpan(0, _count))
            each.Arm(operation);
        if (cancellationToken.CanBeCanceled)
        {
            _token = cancellationToken;
            _registration = cancellationToken.UnsafeRegister(static o => Cancel((SelectOperation)o!), operation);
        }

        return new SelectAwaitable(operation);
    }

    /// <summary>Goes through with a case that can go on at once: Go's select with a default.</summary>
    /// <returns>The case, or null when none can.</returns>
    /// <inheritdoc cref="WaitAsync" path="/exception"/>
    public SelectCase? TryWait()
    {
        Machine? machine = Machine.Calling;
        BeginLocked();
        SelectCase? ready = TryNow(out Operation? counterpart);
        UnlockAll();
        if (counterpart is not null)
            ready!.FinishCounterpart(counterpart, machine);
        ready?.Conclude();
        return ready;
    }

    /// <summary>A property of a case is about to change.</summary>
    internal void NoteChange(bool ofChannel)
    {
        if (_isWaiting)
            throw new InvalidOperationException("A select cannot be changed while it waits.");
        _isStale |= ofChannel;
    }

    /// <summary>The wait has a winner, and the one who waited is back.</summary>
    internal SelectCase EndWait(SelectOperation operation)
    {
        int winner = operation.Winner;
        foreach (SelectCase each in _cases.AsSpan(0, _count))
            each.Leave(each.Index == winner);
        _isWaiting = false;
        operation.Action = null;
        operation.State = null;
        if (_token.CanBeCanceled)
        {
            CancellationToken token = _token;

            // A callback that has begun may still look at the operation: then it is not used again.
            if (!_registration.Unregister())
                _operation = null;
            _token = default;
            _registration = default;
            if (winner == SelectOperation.CancelledIndex)
                throw new OperationCanceledException(token);
        }

        SelectCase ready = _cases[winner];
        ready.Conclude();
        return ready;
    }

    private static void Cancel(SelectOperation operation)
    {
        if (operation.TryClaim(operation.Wait, SelectOperation.CancelledIndex))
            operation.Complete(Outcome.Done, Machine.Calling);
    }

    private TCase Add<TCase>(TCase added)
        where TCase : SelectCase
    {
        NoteChange(true);
        if (_count == MaxCases)
            throw new InvalidOperationException($"A select can have {MaxCases} cases.");
        if (_count == _cases.Length)
        {
            int length = Math.Max(4, 2 * _count);
            Array.Resize(ref _cases, length);
            Array.Resize(ref _order, length);
        }

        _order[_count] = _count;
        _cases[_count++] = added;
        return added;
    }

    private SelectOperation Begin(Goroutine? goroutine, WaitReason reason)
    {
        // One that a thread without a goroutine has used, or that has mail on its way, is not used again: see Operation.
        if (_operation is null || goroutine is null || _operation.Owner != goroutine || !_operation.WasTaken)
            _operation = new SelectOperation(this);
        _operation.BeginWait(goroutine, reason);
        _isWaiting = true;
        return _operation;
    }

    private WaitReason Reason(CancellationToken token)
    {
        bool outside = token.CanBeCanceled;
        foreach (SelectCase each in _cases.AsSpan(0, _count))
            outside |= each is TaskCase { Task: not null } || each.Locked is { IsUsedOutside: true };
        return outside ? WaitReason.Select | WaitReason.OrOutside : WaitReason.Select;
    }

    private void BeginLocked()
    {
        NoteChange(false);
        if (_isStale)
            SortChannels();
        Machine? machine = Machine.Calling;
        for (int i = 0; i < _channelCount; i++)
        {
            _channels[i].Lock();
            _channels[i].NoteUser(machine);
        }
    }

    private void UnlockAll()
    {
        for (int i = 0; i < _channelCount; i++)
            _channels[i].Unlock();
        for (int i = 0; i < _channelCount; i++)
            _channels[i].NotifyWatchers();
    }

    /// <summary>
    /// With all locks: goes through with one of the cases that can go on, each as likely as any other. The order is mixed as far as it is needed
    /// (the shuffle of R. Fisher and F. Yates).
    /// </summary>
    private SelectCase? TryNow(out Operation? counterpart)
    {
        for (int i = 0; i < _count; i++)
        {
            int other = i + (int)(NextRandom() % (uint)(_count - i));
            (_order[i], _order[other]) = (_order[other], _order[i]);
            SelectCase one = _cases[_order[i]];
            if ((one.Locked is not null || one is TaskCase) && one.TryNow(out counterpart))
                return one;
        }

        counterpart = null;
        return null;
    }

    private void SortChannels()
    {
        if (_channels.Length < _count)
            _channels = new Chan[_cases.Length];
        Array.Clear(_channels);
        _channelCount = 0;
        foreach (SelectCase each in _cases.AsSpan(0, _count))
        {
            if (each.Locked is Chan channel)
                _channels[_channelCount++] = channel;
        }

        Array.Sort(_channels, 0, _channelCount, s_byId);
        int distinct = 0;
        for (int i = 0; i < _channelCount; i++)
        {
            if (i == 0 || _channels[i] != _channels[distinct - 1])
                _channels[distinct++] = _channels[i];
        }

        _channelCount = distinct;
        _isStale = false;
    }

    private static readonly Comparer<Chan> s_byId = Comparer<Chan>.Create(static (a, b) => a.Extra.Id.CompareTo(b.Extra.Id));

    /// <summary>Xorshift, G. Marsaglia 2003.</summary>
    private uint NextRandom()
    {
        uint x = _random;
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        return _random = x;
    }
}
