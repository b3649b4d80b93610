using Weft.Runtime.Host;
using Weft.Runtime.Running;
using Weft.Threads;

namespace Weft.Runtime.Core;

/// <content>
/// The end. Stopping refuses new goroutines. Machines leave at their next scheduling point, but not while one is blocked: what it waits
/// for may be the work of a goroutine that still has to run. When no machine and no monitor is left, the engine is stopped, and whatever
/// comes later is refused.
/// </content>
internal sealed partial class Engine
{
    // Only threads wait for it: to wake one takes no thread of the pool.
    private readonly TaskCompletionSource _stopFinished = new();
    private volatile bool _stopRequested;
    private long _refused;

    // 1 once a thread has begun to finish the stop.
    private int _isFinishing;

    // Tasks of the TPL that run, each on a machine. Interlocked.
    private int _tasksRunning;

    /// <summary>Whether a stop was asked for.</summary>
    internal bool IsStopping => _stopRequested;

    internal override Task WhenStopped => _stopFinished.Task;

    internal long Refused => Interlocked.Read(ref _refused);

    /// <summary>
    /// Stops the engine and waits until it has. Any thread but a machine of this engine, and any number of them: the caller that finds that
    /// all threads have left finishes the stop. When none of the callers is left, as they were interrupted or have given up, the monitor
    /// goes on with it.
    /// </summary>
    /// <param name="timeout">How long to wait; infinite for as long as it takes.</param>
    /// <exception cref="DisposeTimeoutException">Code of goroutines was still running then.</exception>
    /// <exception cref="ThreadInterruptedException">The calling thread was interrupted before.</exception>
    internal void Stop(TimeSpan timeout)
    {
        _lock.Enter();
        _stopRequested = true;
        _lock.Exit();
        long start = Environment.TickCount64;
        while (!TryFinishStop())
        {
            OrderOutIfQuiet();
            _monitor.WakeUp();
            if (timeout != Timeout.InfiniteTimeSpan && Environment.TickCount64 - start >= timeout.TotalMilliseconds)
                throw GaveUp(timeout);

            // Machines leave when the code they run lets them; there is nothing to be woken by for all the ways that can happen.
            _stopFinished.Task.Wait(1);
        }
    }

    /// <summary>After a stop was asked for: finishes it if all threads have left. Whether it is finished.</summary>
    internal bool TryFinishStop()
    {
        if (!_stopFinished.Task.IsCompleted && TryMarkStopped() && Interlocked.Exchange(ref _isFinishing, 1) == 0)
            FinishStop();
        return _stopFinished.Task.IsCompleted;
    }

    private void FinishStop()
    {
        // A thread that has left the lists above may still be on its way to the reaper's.
        while (Host.Reaped < Host.Created)
        {
            Host.Reaper.JoinAll();
            Platform.Yield();
        }

        Host.Close();
        Uninterrupted.Do(_monitor, static m => CleanThread.Do(static m => m.RunAllErrands(), m));
        _monitor.AwaitSearches(); // one that begins later leaves this engine out
        AbandonGoroutines();
        Uninterrupted.Do(this, static _ => LeftBehind.DropFromLines());
        Uninterrupted.Do(this, static e => e.AbandonMainRuns());
        Uninterrupted.Do(_stopFinished, static f => CleanThread.Do(static f => f.TrySetResult(), f));
    }

    /// <summary>What to tell a caller that waits no longer: which calls have not returned.</summary>
    private DisposeTimeoutException GaveUp(TimeSpan timeout)
    {
        var running = new List<(Goroutine Goroutine, int ThreadId)>();
        _lock.Enter();
        for (Machine? machine = _machines.First; machine is not null; machine = machine.AllNext)
        {
            if (machine.OnStack is Goroutine goroutine)
                running.Add((goroutine, machine.ThreadId));
        }

        _lock.Exit();
        return DisposeTimeoutException.For(
            Name,
            timeout,
            [.. running.Select(static r => new UnreturnedCall(r.Goroutine.Describe(), r.ThreadId)).OrderBy(static c => c.Goroutine.Id)]);
    }

    /// <summary>
    /// As <see cref="Stop"/>, on a thread of .NET's for that alone. If the system refuses one, the calling thread stops the engine; but a
    /// monitor, which must not wait for it, leaves it to the pool.
    /// </summary>
    internal Task StopAsync(TimeSpan timeout)
    {
        var done = new TaskCompletionSource(); // what awaits it may have that thread
        Action stop = () =>
        {
            try
            {
                Stop(timeout);
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        };
        CleanThread.Do(
            static stop =>
            {
                if (Caretaker.IsCallingThread ? TryStartThread(stop) : ScarceThreads.TryAsLongAsMayBe(TryStartThread, stop))
                    return;
                if (Caretaker.IsCallingThread)
                    CleanThread.QueueToPool(static s => ((Action)s!)(), stop);
                else
                    stop();
            },
            stop);
        return done.Task;
    }

    private static bool TryStartThread(Action body)
    {
        try
        {
            new Thread(() => body()) { IsBackground = true }.UnsafeStart();
            return true;
        }
        catch (Exception e) when (e is OutOfMemoryException or ThreadStartException)
        {
            ScarceThreads.NoteRefusal();
            return false;
        }
    }

    internal override void Refuse(Goroutine goroutine)
    {
        Interlocked.Increment(ref _refused);
        Listener.OnWorkRefused(goroutine);
    }

    /// <summary>
    /// While stopping, machines may go once none is blocked in a declared wait, waits for a processor, or runs a task of the TPL, whose
    /// waits nobody declares: what it waits for may be in a queue.
    /// </summary>
    internal bool MayQuit() => Volatile.Read(ref _machines.Blocked) == 0 && Volatile.Read(ref _tasksRunning) == 0;

    /// <summary>
    /// A stop was asked for, and nothing keeps the machines: none is started, and each leaves at its next scheduling point.
    /// </summary>
    private bool MachinesLeave => _stopRequested && MayQuit();

    /// <summary>The calling goroutine begins to run a task of the TPL.</summary>
    internal void BeginTask() => Interlocked.Increment(ref _tasksRunning);

    /// <summary>The task has come to its end, or to its first await.</summary>
    internal void EndTask()
    {
        if (Interlocked.Decrement(ref _tasksRunning) == 0 && _stopRequested)
            OrderOutIfQuiet();
    }

    /// <summary>While stopping, and if nobody keeps them: has the machines go that do nothing.</summary>
    internal void OrderOutIfQuiet()
    {
        _lock.Enter();
        if (MachinesLeave)
        {
            for (Machine? machine = _machines.First; machine is not null; machine = machine.AllNext)
            {
                if (machine.IsIdle)
                    _machines.RemoveIdle(machine);
                else if (!machine.IsWaitingForGoroutine || machine.NextProcessor is not null)
                    continue;
                machine.Order = MachineOrder.Leave;
                machine.Unpark();
            }
        }

        _lock.Exit();
    }

    private bool TryMarkStopped()
    {
        _lock.Enter();
        if (_machines.Count == 0 && !_monitor.IsRunning)
        {
            MarkStopped();
        }

        _lock.Exit();
        return IsStopped;
    }

    /// <summary>Tells those that wait for goroutines which will never end. Nothing of them runs any more.</summary>
    private void AbandonGoroutines()
    {
        var left = new HashSet<Goroutine>(Registry.Snapshot());
        _lock.Enter();
        while (_global.Dequeue() is Goroutine goroutine)
            left.Add(goroutine);
        foreach (Processor processor in Processors)
        {
            while (processor.Dequeue() is Goroutine goroutine)
                left.Add(goroutine);
        }

        _lock.Exit();
        foreach (Goroutine each in left)
            Uninterrupted.Do(each, static g => g.AbandonBecause(Misuse.Disposed(g.Engine.Options.Name, $"{g} never ends")));
    }
}
