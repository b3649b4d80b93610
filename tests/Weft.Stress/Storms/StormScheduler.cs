using System.Diagnostics;
using Weft.Stress.Faults;
using Weft.Stress.Observation;

namespace Weft.Stress.Storms;

/// <summary>A scheduler of a storm, its goroutines, and what is done to it from outside.</summary>
internal sealed class StormScheduler
{
    private readonly SchedulerPlan _plan;
    private readonly StormTally _tally = new();
    private readonly Scheduler _scheduler;
    private readonly RefusingPlatform? _platform;
    private readonly ReleasedPipe _pipe;
    private readonly object _gate = new();
    private readonly string _what;
    private readonly List<Goroutine> _goroutines = [];

    public StormScheduler(SchedulerPlan plan, RefusingPlatform? platform, ReleasedPipe pipe, string what)
    {
        _plan = plan;
        _pipe = pipe;
        _platform = platform;
        _scheduler = new Scheduler(WithPlatform(plan.Options, platform));
        _scheduler.UnhandledException += (_, e) => OnException(e.Exception);
        _what = $"{what}, scheduler {plan.Options.Name}";
    }

    public StormTally Tally => _tally;

    public SchedulerStatistics Statistics => _scheduler.Statistics;

    public void Start()
    {
        foreach (GoroutinePlan goroutine in _plan.Goroutines)
            _goroutines.Add(new StormGoroutine(goroutine, _scheduler, _tally, _pipe, _gate).Start());
    }

    public void Disturb(in Disturbance disturbance)
    {
        switch (disturbance.Kind)
        {
            case 0:
            case 1:
                _scheduler.MaxProcs = disturbance.Value;
                break;
            case 2:
                GC.Collect(disturbance.Value % 3);
                break;
            case 3:
                _ = _scheduler.GetGoroutines();
                break;
            default:
                StressFailure.ThrowUnless(
                    _scheduler.Statistics.Threads <= _scheduler.MaxThreads,
                    $"{_what}: more than {_scheduler.MaxThreads} threads");
                break;
        }
    }

    /// <summary>Waits for the end that the plan wants, and checks what holds then.</summary>
    public void Finish(TimeSpan limit)
    {
        if (_plan.End == StormEnd.DisposeEarly)
            Dispose(limit);
        var all = Task.WhenAll(_goroutines.Select(static goroutine => goroutine.Completion));
        if (Task.WaitAny([all], limit) < 0)
            throw StressFailure.Lost($"{_what}: {_tally.Begun - _tally.Ended} goroutines have not ended", _scheduler);
        if (_plan.End == StormEnd.FallQuiet && !_plan.Goroutines.Any(static goroutine => goroutine.KeepsThread))
            WaitUntilQuiet(limit);
        if (_plan.End != StormEnd.DisposeEarly)
        {
            StressFailure.ThrowUnless(
                _tally.Ended == _goroutines.Count, $"{_what}: {_tally.Ended} of {_goroutines.Count} goroutines ended");
            Dispose(limit);
        }

        StressFailure.ThrowUnless(_tally.Violation is null, $"{_what}: {_tally.Violation}");
        if (_platform is not null)
            GiveBackWhatWasRefused();
        SchedulerStatistics end = _scheduler.Statistics;
        StressFailure.ThrowUnless(
            end.Threads == 0 && end.ThreadsCreated == end.ThreadsExited && end.ThreadsCreated == end.ThreadsReaped,
            $"{_what}: threads are left: {end}");
        StressFailure.ThrowUnless(end.StackBytesMapped == 0 && end.StackBytesCached == 0, $"{_what}: stacks are left: {end}");
    }

    private void WaitUntilQuiet(TimeSpan limit)
    {
        long started = Stopwatch.GetTimestamp();
        while (!IsQuiet())
        {
            if (Stopwatch.GetElapsedTime(started) > limit)
                throw StressFailure.Lost($"{_what}: has nothing to do, and still threads or stacks", _scheduler);
            Thread.Sleep(1);
        }
    }

    /// <summary>The last thread's stack goes a moment after the thread does.</summary>
    private bool IsQuiet()
    {
        SchedulerStatistics now = _scheduler.Statistics;
        return now.Threads == 0 && (now.StackBytesMapped == 0 || _platform is not null) && ThreadNames.CountOf(_scheduler.Name) == 0;
    }

    /// <summary>Stacks that the system refused to unmap are still known, and go once it does not.</summary>
    private void GiveBackWhatWasRefused()
    {
        _platform!.IsRefusing = false;
        _scheduler.Engine.Host.Close();
        _platform.IsRefusing = true;
    }

    /// <summary>A scheduler that is disposed early refuses new goroutines, which ends those that start some; nothing else may.</summary>
    private void OnException(Exception exception)
    {
        bool refused = exception is ObjectDisposedException or TaskSchedulerException { InnerException: ObjectDisposedException };
        if (refused && _plan.End == StormEnd.DisposeEarly)
            Interlocked.Increment(ref _tally.Refused);
        else
            _tally.Require(false, $"an exception left a goroutine: {exception}");
    }

    private static SchedulerOptions WithPlatform(SchedulerOptions options, RefusingPlatform? platform) => new()
    {
        Name = options.Name,
        MaxProcs = options.MaxProcs,
        MaxThreads = options.MaxThreads,
        StackSizeBytes = options.StackSizeBytes,
        IdleTimeout = options.IdleTimeout,
        MinIdleTimeout = options.MinIdleTimeout,
        IdleThreadsAtMinTimeout = options.IdleThreadsAtMinTimeout,
        TimeSlice = options.TimeSlice,
        MaxComputingExtra = options.MaxComputingExtra,
        UnhandledExceptions = UnhandledExceptionPolicy.Report,
        Platform = platform,
    };

    private void Dispose(TimeSpan limit)
    {
        var disposer = new Thread(_scheduler.Dispose) { IsBackground = true, Name = "disposer" };
        disposer.Start();
        if (!disposer.Join(limit))
            throw StressFailure.Lost($"{_what}: Dispose does not return", _scheduler);
    }
}
