using Weft.Runtime.Host;
using Weft.Runtime.Timers;
using Weft.Threads;

namespace Weft.Runtime.Core;

/// <content>
/// Running without threads. Where the platform creates none, a machine is the thread that waits in
/// <see cref="Scheduler.Run(Action, string, int)"/>, for as long as it waits; there is one processor, and no monitor. Goroutines started at
/// other times run in the next Run.
/// </content>
internal sealed partial class Engine
{
    // What the machine of the calling thread runs for; written by the thread that is in Run.
    private Goroutine? _pumpedMain;

    /// <exception cref="PlatformNotSupportedException">The platform creates no threads.</exception>
    private void RequireThreads()
    {
        if (!Platform.CreatesThreads)
            throw ThreadPlatform.NoThreads();
    }

    /// <summary>
    /// Runs goroutines on the calling thread until <paramref name="main"/> has ended. A goroutine may call this too: it gives its processor
    /// up for that time, as for a call that blocks.
    /// </summary>
    /// <exception cref="DeadlockException">Nothing can run any more. Nothing outside can change that: there is no other thread.</exception>
    private void RunOnCallingThread(Goroutine main)
    {
        Machine? outer = Machine.Calling;
        Goroutine? caller = outer?.Current;
        if (caller is not null)
            outer!.Engine.BeginCall(outer, caller, HandOffCause.Explicit);
        Goroutine? outerMain = _pumpedMain;
        try
        {
            _lock.Enter();
            var machine = _factory.MakeWithoutThread();
            _machines.Add(machine);
            Processor? processor = _processors.PopIdle();
            if (processor is not null)
                Own(machine, processor);
            _lock.Exit();
            try
            {
                if (processor is null)
                {
                    throw new InvalidOperationException(
                        $"Run cannot run: scheduler '{Name}' runs on another thread just now, and its platform has one thread only.");
                }

                _pumpedMain = main;
                ((IThreadBody)machine).Run();
            }
            finally
            {
                _lock.Enter();
                _machines.Remove(machine);
                machine.IsGone = true;
                if (machine.Processor is Processor owned)
                    PushIdle(owned);
                _lock.Exit();
            }
        }
        finally
        {
            _pumpedMain = outerMain;
            if (caller is not null)
                outer!.Engine.EndCall(outer, caller);
        }

        if (!HasRun(main) && !_stopRequested)
            throw DeadlockException.For(EngineReport.Asleep(this));
    }

    /// <summary>
    /// The loop of the only machine: returns when main has ended, when nothing can run any more, or when the engine is stopped.
    /// </summary>
    private void Pump(Machine machine)
    {
        Goroutine main = _pumpedMain!;
        while (!HasRun(main) && !_stopRequested)
        {
            Processor processor = machine.Processor!;
            if (FindHere(machine, processor) is Goroutine goroutine)
                FinishPark(machine, Execute(machine, goroutine, out bool hasEnded), hasEnded);
            else if (processor.Timers.NextDue != TimerHeap.Never)
                SleepUntil(processor.Timers.NextDue);
            else if (!AnyWork())
                return;
        }
    }

    private unsafe void SleepUntil(long due)
    {
        int nobody = 0;
        if (due - MonotonicClock.Now is > 0 and long left)
            Platform.Wait(&nobody, 0, left);
    }

    private static bool HasRun(Goroutine main) => main is { HasEnded: true, HasExitedEarly: false };
}
