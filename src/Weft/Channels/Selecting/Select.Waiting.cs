using System.Runtime.CompilerServices;
using Weft.Channels.Selecting;
using Weft.Runtime.Core;
using Weft.Runtime.Host;
using Weft.Runtime.Running;
using Weft.Waiting;

namespace Weft;

/// <content>
/// The wait.
/// <para>
/// <b>A wait.</b> The waiter locks all channels in the order of their ids and looks at their cases. If one can go on, it does. Otherwise
/// the waiter queues every case at its channel, opens the wait (<see cref="SelectOperation.Open"/>), and gives the locks up. A peer that
/// takes a case's place out of a channel's queue must claim the wait for it; only one can.
/// </para>
/// <para>
/// <b>Places that are kept.</b> When a wait is over, the places of the cases that did not win may stay in their queues (see
/// Select.Places.cs). The wait is not open then, so a peer that comes across such a place drops it and goes on to the next. A case whose
/// place is still queued need neither be looked at nor queued, nor its channel be locked: had a value, a receiver or the end come to the
/// channel since, it would have been offered to every place in the queue. A peer that drops a place leaves a mark in the operation. As long
/// as there is no mark, only the case that won last, whose place was taken, is touched at all.
/// </para>
/// <para>
/// <b>No offer is missed</b> when a peer drops a place just before the wait is opened.
/// </para>
/// <para>Peer: takes the place out; sets the mark; fence; reads whether the wait is open, and claims it if it is.</para>
/// <para>Waiter: opens the wait; fence; reads the mark, and if it is set withdraws the wait, unless it is claimed, and begins again.</para>
/// <para>
/// Therefore: the peer sees the wait open, or the waiter sees the mark. Beginning again takes the mark back, with a fence, before it looks
/// at all places: a peer that drops one afterwards sets the mark again. The same holds for a channel that begins to be watched, whose
/// watchers have to be told of each wait: see <see cref="Chan.Newcomers"/>.
/// </para>
/// </content>
public sealed partial class Select
{
    // There are cases other than sends and receives.
    private bool _hasOthers;

    private SelectOperation? _operation;
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;
    private bool _isWaiting;

    // The case that was met at once, until its wait is awaited.
    private SelectCase? _ready;

    /// <summary>Waits for the first case that can go on, and goes through with it. Without any case that can, it waits for ever.</summary>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>; nothing is sent or received
    /// then.</param>
    /// <returns>The case that has won; what it received is in the case.</returns>
    /// <exception cref="System.Threading.Channels.ChannelClosedException">The case that was met is a send to a closed channel.</exception>
    /// <exception cref="InvalidOperationException">
    /// The select waits already, or has handlers that only <see cref="RunAsync"/> would call.
    /// </exception>
    public SelectAwaitable WaitAsync(CancellationToken cancellationToken = default)
    {
        CheckNoHandlers();
        return BeginWait(cancellationToken);
    }

    private SelectAwaitable BeginWait(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        CheckUnused();
        _ready = null;
        Machine? machine = Machine.Calling;
        Goroutine? goroutine = machine?.Current;
        if (_home is Goroutine home && (home != goroutine || !_operation!.WasTaken))
            WithdrawPlaces(home);
        SelectOperation? operation = null;
        while (true)
        {
            if (!TryChooseLast())
                Choose(all: false);
            Lock(machine);
            if (TryNow(out Operation? counterpart) is SelectCase ready)
            {
                Unlock();
                if (counterpart is not null)
                    ready.FinishCounterpart(counterpart, machine);
                operation?.Abandon();
                _isWaiting = false;
                _keepsAll &= _candidateCount == 1; // others that were looked at have not been queued
                NoteLast(ready);
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

            WaitReason reason = _candidateCount + _keptCount == 0 && !_hasOthers ? WaitReason.SelectNothing : WaitReason.Select;
            if (_isMetFromOutside || cancellationToken.CanBeCanceled)
                reason |= WaitReason.OrOutside;
            if (operation is null)
                operation = Begin(goroutine, reason);
            else
                operation.BeginWait(operation.Owner, reason);
            Enqueue(operation);
            FaultPoints.Hit("select.opening");
            operation.Open(fence: _keptCount > 0);
            Unlock();
            FaultPoints.Hit("select.opened");
            if (_keptCount == 0 || IsUndisturbed || !operation.TryWithdraw())
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
        CheckNoHandlers();
        return TryWaitOnce();
    }

    private SelectCase? TryWaitOnce()
    {
        CheckUnused();
        Machine? machine = Machine.Calling;
        Choose(all: true);
        Lock(machine);
        SelectCase? ready = TryNow(out Operation? counterpart);
        Unlock();
        if (counterpart is not null)
            ready!.FinishCounterpart(counterpart, machine);
        ready?.Conclude();
        return ready;
    }

    private void CheckUnused()
    {
        if (_isWaiting)
            throw new InvalidOperationException(
                "This select waits already: a select is for one goroutine, or thread, at a time. Make one for each.");
    }

    /// <summary>The wait has a winner, and the waiter is back.</summary>
    internal SelectCase EndWait(SelectOperation operation)
    {
        int winner = operation.Winner;
        _isWaiting = false;
        operation.Action = null;
        operation.State = null;
        if (_home is not Goroutine keeper)
            WithdrawOrStay(operation);
        else if (keeper.HasEnded)
            WithdrawPlaces(keeper); // it ended while another goroutine waited
        else
            NoteLast(winner < _count ? _cases[winner] : null);
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
                    WithdrawPlaces(home);
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

    /// <summary>For the awaiter, before the wait begins.</summary>
    /// <exception cref="InvalidOperationException">The wait is awaited, or was.</exception>
    internal bool IsCompleted()
    {
        if (IsReady)
            return true;
        SelectOperation begun = Begun;
        begun.CheckUnawaited(begun.Version);
        return false;
    }

    internal ValueTask<SelectCase> AsValueTask() => new(Begun, Begun.Version);

    internal void Await(Action continuation, bool flowContext) => Begun.Await(continuation, Begun.Version, flowContext);

    internal void Suspend(BodyFrame frame) => Begun.Suspend(frame, Begun.Version);

    internal SelectCase GetResult()
    {
        if (_ready is not SelectCase ready)
            return Begun.GetResult(Begun.Version);
        _ready = null;
        ready.Conclude();
        return ready;
    }

    private SelectOperation Begun => _isWaiting ? _operation! : throw Misuse.AwaitedTwice();

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
        {
            _operation = new SelectOperation(this);
            if (goroutine is { OwnsOperations: false })
                goroutine = null;
        }

        _operation.BeginWait(goroutine, reason);
        if (_home is null)
            _operation.List();
        _isWaiting = true;
        return _operation;
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
