namespace Weft;

/// <summary>
/// What a scheduler has done and what it holds now; made by <see cref="Scheduler.Statistics"/>. Counters only grow. The values are read
/// one after the other while the scheduler runs on, so sums may be off by what happened in between; on a scheduler at rest they are exact.
/// </summary>
/// <remarks>Cannot be changed: two of them tell what happened in between.</remarks>
/// <example>
/// <code>
/// SchedulerStatistics before = Scheduler.Default.Statistics;
/// await Go.Start(() => { Thread.Sleep(10); return 0; });
/// Console.WriteLine(Scheduler.Default.Statistics.GoroutinesEnded - before.GoroutinesEnded);
/// </code>
/// </example>
public sealed record SchedulerStatistics
{
    internal SchedulerStatistics()
    {
    }

    /// <summary>Goroutines started.</summary>
    public long GoroutinesStarted { get; internal init; }

    /// <summary>Goroutines that have ended.</summary>
    public long GoroutinesEnded { get; internal init; }

    /// <summary>
    /// Of those that have ended, the ones without a result that an <see cref="OperationCanceledException"/> of a cancelled token left: they
    /// end quietly.
    /// </summary>
    public long GoroutinesCancelled { get; internal init; }

    /// <summary>Goroutines started and not ended.</summary>
    public long GoroutinesAlive => GoroutinesStarted - GoroutinesEnded;

    /// <summary>Goroutines in a run queue.</summary>
    public long GoroutinesRunnable { get; internal init; }

    /// <summary>Goroutines that are running, each on a machine with a processor.</summary>
    public long GoroutinesRunning { get; internal init; }

    /// <summary>Goroutines that block their thread, or compute on without a processor.</summary>
    public long GoroutinesBlocked { get; internal init; }

    /// <summary>Goroutines that await something.</summary>
    public long GoroutinesParked { get; internal init; }

    /// <summary>Processors in force.</summary>
    public int Processors { get; internal init; }

    /// <summary>Processors that nobody holds.</summary>
    public int IdleProcessors { get; internal init; }

    /// <summary>Threads created and not reaped: machines, and the monitor.</summary>
    public int Threads { get; internal init; }

    /// <summary>Machines that run goroutines or look for some.</summary>
    public int MachinesRunning { get; internal init; }

    /// <summary>Machines that are looking for work right now.</summary>
    public int MachinesSpinning { get; internal init; }

    /// <summary>Machines without a processor: blocked in a call, computing on, or waiting for their goroutine.</summary>
    public int MachinesBlocked { get; internal init; }

    /// <summary>Machines parked with nothing to do.</summary>
    public int MachinesIdle { get; internal init; }

    /// <summary>Threads created.</summary>
    public long ThreadsCreated { get; internal init; }

    /// <summary>Threads that have left their code.</summary>
    public long ThreadsExited { get; internal init; }

    /// <summary>Threads that were joined after their exit.</summary>
    public long ThreadsReaped { get; internal init; }

    /// <summary>
    /// Threads that were wanted and could not be had: refused by the system, left to the rest of the process while the system has few, or
    /// beyond <see cref="SchedulerOptions.MaxThreads"/>. The same work may be refused many times.
    /// </summary>
    public long ThreadsRefused { get; internal init; }

    /// <summary>Times a machine handed its processor on before a managed wait.</summary>
    public long HandOffsByWait { get; internal init; }

    /// <summary>Times the monitor took a processor from a machine asleep in a call.</summary>
    public long HandOffsByMonitor { get; internal init; }

    /// <summary>
    /// Times a processor was handed on by <see cref="Go.Blocking(Action)"/> or a blocking operation of Weft, or beforehand by
    /// <see cref="Go.MayBlock(BlockingHabit, Action)"/>.
    /// </summary>
    public long HandOffsExplicit { get; internal init; }

    /// <summary>Times the monitor took a processor from a computing goroutine.</summary>
    public long HandOffsByTimeSlice { get; internal init; }

    /// <summary>Successful steals of a part of another processor's run queue.</summary>
    public long Steals { get; internal init; }

    /// <summary>Continuations that arrived after the scheduler was disposed.</summary>
    public long WorkRefused { get; internal init; }

    /// <summary>Sleeping goroutines and other timers that are pending.</summary>
    public long Timers { get; internal init; }

    /// <summary>Bytes mapped for stacks, guard pages included.</summary>
    public long StackBytesMapped { get; internal init; }

    /// <summary>Of those, bytes in stacks that no thread uses.</summary>
    public long StackBytesCached { get; internal init; }
}
