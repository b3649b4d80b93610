using System.Runtime.CompilerServices;
using Weft.Runtime.Core;

namespace Weft.Stress.Storms;

/// <summary>Runs the plan of one goroutine.</summary>
internal sealed class StormGoroutine(GoroutinePlan plan, Scheduler scheduler, StormTally tally, ReleasedPipe pipe, object gate)
{
    private readonly LogicalThread _self = new(tally);

    public Goroutine Start()
    {
        Interlocked.Increment(ref tally.Begun);
        return plan.Synchronous ? scheduler.Start(Run) : scheduler.Start(RunAsync);
    }

    /// <summary>A synchronous body: operations that have to be awaited are waited for.</summary>
    private void Run()
    {
        for (int i = 0; i < plan.Steps.Length; i++)
        {
            _self.Step(plan.Amounts[i]);
            if (!TryBlock(plan.Steps[i], plan.Amounts[i]))
                Thread.Yield();
        }

        End();
    }

    private async Task RunAsync()
    {
        for (int i = 0; i < plan.Steps.Length; i++)
        {
            _self.Step(plan.Amounts[i]);
            if (!TryBlock(plan.Steps[i], plan.Amounts[i]))
                await StepAsync(plan.Steps[i], plan.Amounts[i]);
        }

        End();
    }

    private void End()
    {
        _self.Step(1);
        if (plan.EndsLocked)
        {
            Go.LockOSThread(plan.KeepsThread ? ThreadPinOptions.KeepThread : ThreadPinOptions.None);
            _self.NoteLocked();
            if (plan.Taints)
                _self.Taint();
            for (int i = 0; i < plan.Amounts.Length % 3; i++)
                Go.Start(() => new LogicalThread(tally).Step(1)); // asks for machines from a thread that must make none
            _self.Step(1);
        }

        Interlocked.Increment(ref tally.Ended);
    }

    /// <summary>Steps that block the thread, or do not wait at all; false when the step is none of them.</summary>
    private bool TryBlock(StepKind kind, int amount)
    {
        switch (kind)
        {
            case StepKind.Compute:
                Thread.SpinWait(amount * amount * 4);
                return true;
            case StepKind.ThreadSleep:
                Thread.Sleep(amount % 3);
                return true;
            case StepKind.DeclaredSleep:
                Go.Blocking(() => Native.SleepMicroseconds((uint)amount * 10));
                return true;
            case StepKind.GoAhead:
                Machine machine = Machine.Calling!;
                machine.Engine.GoAhead(machine); // whatever comes next is done without a processor, until something waits
                return true;
            case StepKind.Read:
                pipe.Read();
                return true;
            case StepKind.ContendedLock:
                lock (gate)
                    Thread.SpinWait(amount * 20);
                return true;
            case StepKind.SyncOverAsync:
                LaterAsync(amount).Wait();
                return true;
            case StepKind.SyncOverAsyncLocked:
                Locked(() => LaterAsync(amount).Wait());
                return true;
            case StepKind.StartAndWait:
                Child(amount).Completion.Wait();
                return true;
            case StepKind.MonitorWait:
                lock (gate)
                    Monitor.Wait(gate, amount % 3 + 1);
                return true;
            case StepKind.WaitAll:
                Task.WaitAll(Child(amount).Completion, LaterAsync(amount), Task.Run(_self.LookAtPoolThread));
                return true;
            case StepKind.Garbage:
                MakeGarbage(amount);
                return true;
            default:
                return false;
        }
    }

    private async Task StepAsync(StepKind kind, int amount)
    {
        switch (kind)
        {
            case StepKind.Sleep:
                await Go.SleepAsync(TimeSpan.FromMicroseconds(amount * 5));
                break;
            case StepKind.CancelledSleep:
                using (var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(amount % 3)))
                {
                    try
                    {
                        await Go.SleepAsync(TimeSpan.FromMilliseconds(amount % 5), cancel.Token);
                    }
                    catch (OperationCanceledException)
                    {
                    }
                }

                break;
            case StepKind.Lock:
                await LockedAsync(nested: false, amount);
                break;
            case StepKind.LockNested:
                await LockedAsync(nested: true, amount);
                break;
            case StepKind.StartAndAwait:
                await Child(amount).Completion;
                break;
            case StepKind.TaskRun:
                await Task.Run(_self.LookAtPoolThread);
                break;
            case StepKind.TaskDelay:
                await Task.Delay(amount % 3);
                break;
            case StepKind.PostToSelf:
                for (int i = 0; i < amount; i++)
                    SynchronizationContext.Current!.Post(_ => _self.Step(1), null);
                await Task.Yield();
                break;
            case StepKind.FreshThread:
                await FreshAsync();
                break;
            case StepKind.TaskScheduler:
                await Task.Factory.StartNew(
                    () => new LogicalThread(tally).Step(amount), CancellationToken.None, TaskCreationOptions.None, scheduler.TaskScheduler);
                break;
            default:
                await Go.Yield();
                break;
        }
    }

    private async Task LockedAsync(bool nested, int amount)
    {
        using (Go.LockOSThread())
        {
            _self.NoteLocked();
            int thread = Native.GetThreadId();
            if (nested)
            {
                using (Go.LockOSThread())
                    await Go.Yield();
            }

            await Go.SleepAsync(TimeSpan.FromMicroseconds(amount));
            await Task.Yield();
            tally.Require(_self.OwnsThread && Native.GetThreadId() == thread, "a locked goroutine ran on another thread");
            _self.Step(1);
            LogicalThread.NoteUnlocked();
        }
    }

    private void Locked(Action action)
    {
        using (Go.LockOSThread())
        {
            _self.NoteLocked();
            action();
            LogicalThread.NoteUnlocked();
        }
    }

    private async Task FreshAsync()
    {
        try
        {
            using (await Go.LockOSThreadAsync(ThreadPinOptions.Fresh))
            {
                _self.NoteLocked();
                await Go.Yield();
                _self.Step(1);
                LogicalThread.NoteUnlocked();
            }
        }
        catch (ThreadLimitException)
        {
            Interlocked.Increment(ref tally.LimitsMet);
        }
    }

    private async Task LaterAsync(int amount)
    {
        await Task.Yield();
        _self.Step(1);
        await Go.SleepAsync(TimeSpan.FromMicroseconds(amount));
        _self.Step(1);
    }

    private Goroutine Child(int amount) => Go.Start(() => new LogicalThread(tally).Step(amount));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MakeGarbage(int amount)
    {
        for (int i = 0; i < amount; i++)
            GC.KeepAlive(new byte[i * 100]);
    }
}
