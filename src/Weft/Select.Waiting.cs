using System.Runtime.CompilerServices;
using Weft.Channels;
using Weft.Scheduling;

namespace Weft;

/// <content>
/// The wait.
/// <para>
/// <b>A wait.</b> The channels are locked, all in the order of their ids, and their cases looked at. If one can go on, it does. Otherwise every
/// case is queued at its channel, the wait is opened (<see cref="SelectOperation.Open"/>), and the locks are given up. Whoever takes a
/// waiter of this select out of a channel's queue must claim the wait for it; only one can.
/// </para>
/// <para>
/// <b>Places that are kept.</b> When a wait is over, the waiters of the cases that did not win may stay in their queues (see
/// Select.Places.cs); the wait is not open then, so whoever comes across one drops it and goes on to the next. A case whose waiter is still
/// queued need neither be looked at nor queued, nor its channel be locked: had a value, a receiver or the end come to the channel since,
/// it would have been offered to every waiter in the queue before it was left there.
/// </para>
/// <para>
/// <b>No offer is missed.</b> Somebody may drop such a waiter just before the wait is opened. He marks it as not queued, fences, and reads
/// whether the wait is open; here the wait is opened, with a fence, and then the marks are read. So either he sees the wait open and
/// claims it, or the mark is seen here: then the wait is withdrawn, if nobody has claimed it, and begun again with that case among those
/// that are looked at.
/// </para>
/// </content>
public sealed partial class Select
{
    // The cases to be looked at in this wait: if there is only one, as in a loop with a way out, _candidate; otherwise those before _candidateCount.
    private Candidate[] _candidates = [];
    private SelectCase? _candidate;
    private int _candidateCount;

    // How many cases keep their places in this wait.
    private int _keptCount;

    // The channels of the cases, each once, in the order of their ids; made anew when _isStale.
    private SelectChannel[] _channels = [];
    private int _channelCount;
    private bool _isStale;

    // There are cases other than sends and receives.
    private bool _hasOthers;

    private SelectOperation? _operation;
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;
    private bool _isWaiting;

    // The case that was met at once, until its wait is awaited.
    private SelectCase? _ready;
    private uint _random = (uint)Random.Shared.Next(1, int.MaxValue);

    /// <summary>Waits for the first case that can go on, and goes through with it. Without any case that can, it waits for ever.</summary>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>; nothing is sent or received then.</param>
    /// <returns>The case that has won; what it received is in the case.</returns>
    /// <exception cref="System.Threading.Channels.ChannelClosedException">The case that was met is a send to a closed channel.</exception>
    /// <exception cref="InvalidOperationException">The select waits already.</exception>
    public SelectAwaitable WaitAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        NoteChange(false);
        _ready = null;
        Machine? machine = Machine.Calling;
        Goroutine? goroutine = machine?.Current;
        if (_home is Goroutine home && (home != goroutine || !_operation!.WasTaken))
            LeavePlaces(home);
        SelectOperation? operation = null;
        while (true)
        {
            Choose(all: false, out bool fromOutside);
            Lock(machine);
            if (TryNow(out Operation? counterpart) is SelectCase ready)
            {
                Unlock();
                if (counterpart is not null)
                    ready.FinishCounterpart(counterpart, machine);
                operation?.Abandon();
                _isWaiting = false;
                if (goroutine is null || !machine!.SpendBudget())
                {
                    _ready = ready;
                    return new SelectAwaitable(this);
                }

                SelectOperation turn = Begin(goroutine, WaitReason.Yield);
                turn.WinAlone(ready.Index);
                turn.EndAfterTurn(Outcome.Done);
                return new SelectAwaitable(this);
            }

            WaitReason reason = fromOutside || cancellationToken.CanBeCanceled ? WaitReason.Select | WaitReason.OrOutside : WaitReason.Select;
            if (operation is null)
                operation = Begin(goroutine, reason);
            else
                operation.BeginWait(goroutine, reason);
            Enqueue(operation);
            operation.Open(fence: _keptCount > 0);
            Unlock();
            if (_keptCount == 0 || PlacesAreKept() || !operation.TryWithdraw())
                break;
        }

        if (_hasOthers)
            ArmOthers(operation);
        if (cancellationToken.CanBeCanceled)
        {
            _token = cancellationToken;
            _registration = cancellationToken.UnsafeRegister(static o => Cancel((SelectOperation)o!), operation);
        }

        return new SelectAwaitable(this);
    }

    /// <summary>Goes through with a case that can go on at once: Go's select with a default.</summary>
    /// <returns>The case, or null when none can.</returns>
    /// <inheritdoc cref="WaitAsync" path="/exception"/>
    public SelectCase? TryWait()
    {
        NoteChange(false);
        Machine? machine = Machine.Calling;
        Choose(all: true, out _);
        Lock(machine);
        SelectCase? ready = TryNow(out Operation? counterpart);
        Unlock();
        if (counterpart is not null)
            ready!.FinishCounterpart(counterpart, machine);
        ready?.Conclude();
        return ready;
    }

    /// <summary>The wait has a winner, and the one who waited is back.</summary>
    internal SelectCase EndWait(SelectOperation operation)
    {
        int winner = operation.Winner;
        _isWaiting = false;
        operation.Action = null;
        operation.State = null;
        if (_home is null)
            LeaveOrStay(operation);
        if (_hasOthers)
            DisarmOthers();
        if (_token.CanBeCanceled)
        {
            CancellationToken token = _token;
            _token = default;

            // A callback that has begun may still look at the operation: then it is not used again.
            if (!_registration.Unregister())
            {
                if (_home is Goroutine home)
                    LeavePlaces(home);
                _operation = null;
            }

            _registration = default;
            if (winner == SelectOperation.CancelledIndex)
                throw new OperationCanceledException(token);
        }

        SelectCase ready = _cases[winner];
        ready.Conclude();
        return ready;
    }

    // What the awaitable and its awaiter are about: the wait that has begun last.

    internal bool IsReady => _ready is not null;

    internal ValueTask<SelectCase> AsValueTask() => new(Begun, Begun.Version);

    internal void Await(Action continuation, bool flowContext) => Begun.Await(continuation, Begun.Version, flowContext);

    internal SelectCase GetResult()
    {
        if (_ready is not SelectCase ready)
            return Begun.GetResult(Begun.Version);
        _ready = null;
        ready.Conclude();
        return ready;
    }

    private SelectOperation Begun => _isWaiting ? _operation! : throw new InvalidOperationException("A wait of a select can be awaited once only.");

    private static void Cancel(SelectOperation operation)
    {
        if (operation.TryClaim(operation.Wait, SelectOperation.CancelledIndex))
            operation.Complete(Outcome.Done, Machine.Calling);
    }

    private SelectOperation Begin(Goroutine? goroutine, WaitReason reason)
    {
        // One that a thread without a goroutine has used, or that has mail on its way, is not used again: see Operation.
        // One that keeps places is, as they refer to it.
        if (_operation is null || goroutine is null || _operation.Owner != goroutine || !_operation.WasTaken)
            _operation = new SelectOperation(this);
        _operation.BeginWait(goroutine, reason);
        _isWaiting = true;
        return _operation;
    }

    /// <summary>Chooses the cases to be looked at, and so the channels to be locked: all, or all but those whose waiters are still queued.</summary>
    /// <param name="all">Whether as of one instant: then all channels have to be locked.</param>
    /// <param name="fromOutside">Whether one of the cases can be met by somebody who is no goroutine, as far as is known.</param>
    private void Choose(bool all, out bool fromOutside)
    {
        if (_isStale)
            SortChannels();
        fromOutside = false;
        _keptCount = 0;
        int count = 0;
        foreach (SelectCase each in _cases.AsSpan(0, _count))
        {
            if (each.Target is Chan channel)
            {
                fromOutside |= channel.IsUsedOutside;
                each.KeepsPlace = !all && each.Place!.IsQueued && !channel.IsWatched;
                if (each.KeepsPlace)
                {
                    _keptCount++;
                    if (each.IsSend)
                        each.RenewPlace();
                    continue;
                }
            }
            else if (each is TaskCase { Task: not null })
            {
                fromOutside = true;
            }
            else
            {
                continue;
            }

            if (count == 0)
                _candidate = each;
            else
                AddCandidate(count, each);
            count++;
        }

        _candidateCount = count;
    }

    private void AddCandidate(int count, SelectCase added)
    {
        if (count == 1)
            AddCandidate(0, _candidate!);
        _candidates[count].Case = added;
        if (added.Target is not null)
            _channels[added.ChannelIndex].IsChosen = true;
    }

    private void Lock(Machine? machine)
    {
        if (_candidateCount == 1)
        {
            _candidate!.Target?.Lock();
            _candidate.Target?.NoteUser(machine);
            return;
        }

        foreach (ref SelectChannel each in _channels.AsSpan(0, _channelCount))
        {
            if (!each.IsChosen)
                continue;
            each.Channel.Lock();
            each.Channel.NoteUser(machine);
        }
    }

    private void Unlock()
    {
        if (_candidateCount == 1)
        {
            _candidate!.Target?.Unlock();
            _candidate.Target?.NotifyWatchers();
            return;
        }

        bool anyWatched = false;
        foreach (ref SelectChannel each in _channels.AsSpan(0, _channelCount))
        {
            if (!each.IsChosen)
                continue;
            each.IsChosen = false;
            anyWatched |= each.Channel.IsWatched;
            each.Channel.Unlock();
        }

        if (anyWatched)
            NotifyWatchers();
    }

    /// <summary>Without any lock: those who watch are told what they see now.</summary>
    private void NotifyWatchers()
    {
        foreach (ref SelectChannel each in _channels.AsSpan(0, _channelCount))
            each.Channel.NotifyWatchers();
    }

    private void Enqueue(SelectOperation operation)
    {
        if (_candidateCount == 1)
        {
            _candidate!.Enqueue(operation);
            return;
        }

        foreach (ref Candidate each in _candidates.AsSpan(0, _candidateCount))
            each.Case.Enqueue(operation);
    }

    /// <summary>
    /// With the locks: goes through with one of the candidates that can go on, each as likely as any other. The order is mixed as far as it is
    /// needed (the shuffle of R. Fisher and F. Yates).
    /// </summary>
    private SelectCase? TryNow(out Operation? counterpart)
    {
        if (_candidateCount == 1)
            return _candidate!.TryNow(out counterpart) ? _candidate : null;
        Span<Candidate> candidates = _candidates.AsSpan(0, _candidateCount);
        for (int i = 0; i < candidates.Length; i++)
        {
            int other = i + (int)(((ulong)NextRandom() * (uint)(candidates.Length - i)) >> 32);
            SelectCase one = candidates[other].Case;
            candidates[other].Case = candidates[i].Case;
            candidates[i].Case = one;
            if (one.TryNow(out counterpart))
                return one;
        }

        counterpart = null;
        return null;
    }

    private void SortChannels()
    {
        if (_channels.Length < _count)
            _channels = new SelectChannel[_cases.Length];
        Array.Clear(_channels);
        int count = 0;
        foreach (SelectCase each in _cases.AsSpan(0, _count))
        {
            each.KeepsPlace = false;
            if (each.Target is Chan channel)
                _channels[count++].Channel = channel;
        }

        Array.Sort(_channels, 0, count, s_byId);
        _channelCount = 0;
        for (int i = 0; i < count; i++)
        {
            if (i == 0 || _channels[i].Channel != _channels[_channelCount - 1].Channel)
                _channels[_channelCount++] = _channels[i];
        }

        foreach (SelectCase each in _cases.AsSpan(0, _count))
        {
            if (each.Target is Chan channel)
                each.ChannelIndex = Array.BinarySearch(_channels, 0, _channelCount, new SelectChannel { Channel = channel }, s_byId);
        }

        _isStale = false;
    }

    // A struct around the reference keeps array stores free of the covariance check.
    private struct Candidate
    {
        internal SelectCase Case;
    }

    private static readonly Comparer<SelectChannel> s_byId =
        Comparer<SelectChannel>.Create(static (a, b) => a.Channel.Extra.Id.CompareTo(b.Channel.Extra.Id));

    /// <summary>Xorshift, G. Marsaglia 2003.</summary>
    private uint NextRandom()
    {
        uint x = _random;
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        return _random = x;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ArmOthers(SelectOperation operation)
    {
        foreach (SelectCase each in _cases.AsSpan(0, _count))
            each.Arm(operation);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void DisarmOthers()
    {
        foreach (SelectCase each in _cases.AsSpan(0, _count))
            each.Disarm();
    }
}
