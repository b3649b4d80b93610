using System.Threading.Tasks.Sources;

namespace Weft.Scheduling;

/// <summary>A continuation with the place where it is to run, as it was when somebody awaited outside a goroutine's own flow.</summary>
internal sealed class ScheduledContinuation
{
    private readonly Action<object?> _continuation;
    private readonly object? _state;
    private readonly ExecutionContext? _context;

    // A SynchronizationContext, a TaskScheduler, or null for the pool.
    private readonly object? _place;

    private ScheduledContinuation(Action<object?> continuation, object? state, ExecutionContext? context, object? place)
    {
        _continuation = continuation;
        _state = state;
        _context = context;
        _place = place;
    }

    internal static ScheduledContinuation Capture(Action<object?> continuation, object? state, ValueTaskSourceOnCompletedFlags flags)
    {
        ExecutionContext? context = (flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0 ? ExecutionContext.Capture() : null;
        return new ScheduledContinuation(
            continuation,
            state,
            context,
            (flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) != 0 ? CurrentPlace() : null);
    }

    /// <summary>Has the continuation run where it belongs; never on the calling thread's stack.</summary>
    internal void Dispatch()
    {
        switch (_place)
        {
            case Goroutine goroutine:
                goroutine.Post(static s => ((ScheduledContinuation)s!).Run(), this);
                break;
            default:
                CleanThread.Do(static c => c.DispatchOutside(), this);
                break;
        }
    }

    private void DispatchOutside()
    {
        switch (_place)
        {
            case SynchronizationContext context:
                context.Post(static s => ((ScheduledContinuation)s!).Run(), this);
                break;
            case TaskScheduler scheduler:
                Task.Factory.StartNew(static s => ((ScheduledContinuation)s!).Run(), this, default, TaskCreationOptions.DenyChildAttach, scheduler);
                break;
            default:
                ThreadPool.UnsafeQueueUserWorkItem(static s => s.Run(), this, preferLocal: true);
                break;
        }
    }

    private static object? CurrentPlace()
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        if (context is not null && context.GetType() != typeof(SynchronizationContext))
            return context;
        return TaskScheduler.Current == TaskScheduler.Default ? null : TaskScheduler.Current;
    }

    private void Run()
    {
        if (_context is null)
            _continuation(_state);
        else
            ExecutionContext.Run(_context, static s => ((ScheduledContinuation)s!).Call(), this);
    }

    private void Call() => _continuation(_state);
}
