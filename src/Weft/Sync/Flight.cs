using System.Threading.Tasks.Sources;
using Weft.Runtime.Core;
using Weft.Runtime.Running;
using Weft.Waiting;

namespace Weft.Sync;

/// <summary>One run of a <see cref="SingleFlight{TKey, TResult}"/>: a goroutine, and the waits for its result.</summary>
internal sealed class Flight<TResult> : IWaitQueue, IGoroutineParent
{
    private readonly ChildGoroutine<TResult> _child;

    // Guards the rest.
    private SpinGate _gate;
    private WaiterList<WaitOperation> _waiters;
    private bool _hasEnded;

    // The goroutine could not be started.
    private Exception? _refusal;

    internal Flight(object body, BodyKind kind, string file, int line) =>
        _child = new ChildGoroutine<TResult>(this, Scheduler.CurrentEngine, body, kind, file, line);

    /// <summary>Called once, before the waiters are told. Set before the start.</summary>
    internal Action? Ended { private get; set; }

    /// <summary>The body's result, once it has ended; throws what left the body.</summary>
    internal TResult Result => _child.GetResult();

    /// <summary>Starts the goroutine. If that is refused, the waits end with the refusal.</summary>
    internal void Start()
    {
        try
        {
            _child.Engine.Start(_child);
        }
        catch (Exception refusal)
        {
            _refusal = refusal;
            End();
        }
    }

    /// <summary>A wait for the end, for the caller.</summary>
    internal FlightWait<TResult> Join(bool blocks, CancellationToken token)
    {
        WaitReason reason = Machine.CallingGoroutine?.Engine == _child.Engine
            ? WaitReason.SingleFlight
            : WaitReason.SingleFlight | WaitReason.OrOutside;
        var wait = new FlightWait<TResult>(this, reason, blocks, token);
        _gate.Enter();
        bool hasEnded = _hasEnded;
        bool waits = !hasEnded && !wait.IsCancellationRequested;
        if (waits)
            _waiters.AddLast(wait);
        _gate.Exit();
        if (hasEnded)
            wait.End(_refusal);
        else if (!waits)
            wait.EndCancelled();
        return wait;
    }

    bool IWaitQueue.TryRemove(WaitOperation operation)
    {
        _gate.Enter();
        bool isRemoved = operation.IsListed;
        if (isRemoved)
            _waiters.Remove(operation);
        _gate.Exit();
        return isRemoved;
    }

    void IWaitQueue.OnReturning(WaitOperation operation)
    {
    }

    bool IGoroutineParent.OnChildEnded(Goroutine child, Exception? exception)
    {
        End();
        return true;
    }

    void IGoroutineParent.OnChildAbandoned(Goroutine child, Exception reason) => End();

    bool IGoroutineParent.IsAwaitedOnlyBy(GoroutineHome home)
    {
        _gate.Enter();
        bool only = _waiters.All(home, static (wait, home) => wait.IsAwaitedBy(home));
        _gate.Exit();
        return only;
    }

    private void End()
    {
        Ended?.Invoke();
        _gate.Enter();
        _hasEnded = true;
        WaiterList<WaitOperation> waiters = _waiters.TakeAll();
        _gate.Exit();
        while (waiters.RemoveFirst() is WaitOperation wait)
            wait.End(_refusal);
    }
}

/// <summary>A wait for the result of a flight.</summary>
internal sealed class FlightWait<TResult>(Flight<TResult> flight, WaitReason reason, bool blocks, CancellationToken token)
    : WaitOperation(flight, reason, blocks, token), IValueTaskSource<TResult>
{
    /// <summary>Once the wait has ended.</summary>
    internal TResult Result => flight.Result;

    TResult IValueTaskSource<TResult>.GetResult(short token)
    {
        GetResult(token);
        return Result;
    }
}
