using Weft.Runtime.Host;

namespace Weft.Runtime.Core;

/// <content>What happens when there are too few threads; <see cref="ThreadBudget"/> has the rules.</content>
internal sealed partial class Engine
{
    /// <summary>
    /// There is no machine that could take a goroutine from the queues, but one that waits for its own, or in a call of its, may be served
    /// without: a limit's worth of goroutines that are locked, or block for their own continuations, would wait for each other's machines
    /// otherwise. The lock is held, and left if this returns true.
    /// </summary>
    private bool TryHandToBound(Processor processor, bool spinning)
    {
        Drain(processor);
        if (DequeueGivable() is not Goroutine goroutine)
            return false;
        ForgetSearcher(spinning);
        Machine machine = HandToItsMachine(goroutine, processor, out bool waits);
        bool known = _factory.HasShortage;
        _factory.HasShortage = true;
        _lock.Exit();
        FaultPoints.Hit("mail.given");
        machine.WakeFrom(waits);
        HaveAskedAgain(isKnown: known);
        return true;
    }

    /// <summary>
    /// The first goroutine that can be given to a machine of its own; null if there is none. Where flows run side by side, one that is to
    /// go on with a flow becomes mail of another flow of its root, which waits: that one is given to its machine, and runs it inside its
    /// wait, as if flows ran one after the other. The lock is held.
    /// </summary>
    private Goroutine? DequeueGivable()
    {
        Goroutine? found = _global.DequeueBound(isAnyBoundLater: HasConcurrentFlows);
        if (found is not FlowGoroutine { HasBegun: false } flow)
            return found;
        if (flow.FindHostedOfItsFlows() is Goroutine hosted && flow.TryBecomeMailOf(hosted))
            return hosted;
        _global.EnqueueWoken(flow); // something was posted to it in this moment: the monitor tries again
        return null;
    }

    /// <summary>
    /// There is no machine for a processor: its work goes to the global queue and it is idle. Machines that come back from a call take it
    /// up (<see cref="AcquireOrIdle"/>), and the monitor tries again. The lock is held.
    /// </summary>
    private void MakeIdle(Processor processor, bool spinning)
    {
        ForgetSearcher(spinning);
        Drain(processor);
        PushIdle(processor);
        _factory.HasShortage = true;
    }

    /// <summary>Tells the scheduler, which tells its listeners.</summary>
    private void OnShortage(ThreadShortageCause cause, int error)
    {
        HaveAskedAgain(isKnown: false);
        Listener.OnThreadShortage(cause, ThreadCount, error);
    }

    /// <summary>
    /// Sees to it that the monitor tries again what was refused. Others may have counted on a monitor that was refused its thread together
    /// with this one.
    /// </summary>
    /// <param name="isKnown">The shortage was known: a monitor that has a thread looks at it every 10 ms.</param>
    private void HaveAskedAgain(bool isKnown)
    {
        if (!isKnown)
            _monitor.WakeUp();
        _monitor.EnsureRunningElsewhere(Watcher.RefusalPause);
    }

    /// <summary>
    /// For callers that use the engine and publish nothing: if a thread was refused and there is no monitor to ask again, it is asked for
    /// here.
    /// </summary>
    internal void AskAgainIfForsaken()
    {
        if (_factory.HasShortage && !_monitor.IsRunning && !IsStopped)
            _monitor.AskAgain();
    }

    /// <summary>
    /// Whether a machine that has finished with a goroutine is to leave, because the system refuses threads and there are too many.
    /// A machine must be left that goes on: one that waits for a processor to run with, which gets this one; or one that has another
    /// processor.
    /// </summary>
    private bool TryShed(Machine machine, Processor processor)
    {
        _lock.Enter();
        Machine? heir = null;
        bool heirWaits = false;
        bool leaves = !_stopRequested && _factory.HasTooMany(MonotonicClock.Now);

        // A machine that is counted as looking for work looks, before it gives its processor away: others may have relied on that.
        if (leaves && !machine.Spinning && DequeueGivable() is Goroutine goroutine)
        {
            machine.Processor = null;
            heir = HandToItsMachine(goroutine, processor, out heirWaits);
        }
        else
        {
            leaves &= _processors.InForce - _processors.IdleCount - _machines.Shed > 1;
        }

        if (leaves)
        {
            machine.IsShed = true;
            _machines.Shed++;
        }

        _lock.Exit();
        heir?.WakeFrom(heirWaits);
        return leaves;
    }
}
