using System.Globalization;
using System.Text;
using Weft.Runtime.Core;
using Weft.Runtime.Host;

namespace Weft.Diagnostics;

/// <summary>
/// <c>WEFT_DEBUG=schedtrace=1000</c>: a line each time that many milliseconds are over on standard error, in the form of Go's; with
/// <c>scheddetail=1</c> another for each processor, machine and goroutine. (<c>deadlock=1</c> of the same variable is for
/// <see cref="DeadlockSuspicion"/>.)
/// </summary>
internal sealed class ScheduleTrace : IDisposable
{
    private readonly Engine _engine;
    private readonly bool _detail;
    private readonly Timer _timer;
    private readonly long _start = MonotonicClock.Now;

    // 1 while a line is being written: on a busy pool the timer's calls overlap, and a later line must not come before an earlier one.
    private int _printing;
    private int _isDisposed;

    private ScheduleTrace(Engine engine, int period, bool detail)
    {
        _engine = engine;
        _detail = detail;
        OwnTimers.NoteSet();
        _timer = new Timer(static t => ((ScheduleTrace)t!).Print(), this, period, period);
    }

    /// <summary>
    /// Starts the trace of a scheduler if the environment asks for it. Words it does not know are named on standard error.
    /// </summary>
    /// <param name="engine">The scheduler's engine.</param>
    /// <returns>Whether suspected deadlocks are to be written, too.</returns>
    internal static bool Attach(Engine engine)
    {
        string? value = Environment.GetEnvironmentVariable("WEFT_DEBUG");
        if (string.IsNullOrWhiteSpace(value))
            return false;
        int period = 0;
        bool detail = false;
        bool writesSuspicions = false;
        foreach (string word in value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = word.Split('=', 2);
            bool isNumber = int.TryParse(pair[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int number);
            if (pair[0] == "schedtrace" && isNumber && number > 0)
                period = number;
            else if (pair[0] == "scheddetail" && isNumber)
                detail = number != 0;
            else if (pair[0] == "deadlock" && isNumber)
                writesSuspicions = number != 0;
            else
                Console.Error.WriteLine($"WEFT_DEBUG: '{word}' is not schedtrace=MILLISECONDS, scheddetail=0|1 or deadlock=0|1");
        }

        if (period > 0)
            _ = new ScheduleTrace(engine, period, detail);
        return writesSuspicions;
    }

    internal static string Line(Engine engine, long milliseconds)
    {
        SchedulerStatistics s = EngineReport.Statistics(engine);

        // Of Go's flag of that name: a machine that looks for work is wanted, and none does.
        int needSpinning = s.MachinesSpinning == 0 && s.IdleProcessors > 0 && engine.AnyWork() ? 1 : 0;
        var queues = new StringBuilder();
        foreach (Processor processor in engine.Processors.Take(engine.MaxProcs))
            queues.Append(CultureInfo.InvariantCulture, $" {processor.QueuedCount}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"SCHED {milliseconds}ms: gomaxprocs={s.Processors} idleprocs={s.IdleProcessors} threads={s.Threads} "
            + $"spinningthreads={s.MachinesSpinning} needspinning={needSpinning} idlethreads={s.MachinesIdle} "
            + $"runqueue={engine.GlobalQueueCount} [{queues} ] exited={s.ThreadsExited} reaped={s.ThreadsReaped} "
            + $"stackbytes={s.StackBytesMapped} scheduler={engine.Name}");
    }

    public void Dispose()
    {
        _timer.Dispose();
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            OwnTimers.NoteGone();
    }

    private void Print()
    {
        if (_engine.IsStopped)
        {
            Dispose();
            return;
        }

        if (Interlocked.Exchange(ref _printing, 1) != 0)
            return;
        try
        {
            Write();
        }
        finally
        {
            Volatile.Write(ref _printing, 0);
        }
    }

    private void Write()
    {
        var text = new StringBuilder(Line(_engine, (MonotonicClock.Now - _start) / MonotonicClock.NanosecondsPerMillisecond)).AppendLine();
        if (_detail)
        {
            foreach (string line in EngineReport.ProcessorsAndMachines(_engine))
                text.Append("  ").AppendLine(line);
            foreach (GoroutineInfo goroutine in EngineReport.Goroutines(_engine))
                text.Append("  ").AppendLine(goroutine.ToString());
        }

        Console.Error.Write(text.ToString());
    }
}
