using System.Threading.Tasks.Sources;

namespace Weft.Scheduling;

/// <summary>A continuation with the place where it is to run, as it was when somebody awaited outside a goroutine's own flow.</summary>
internal sealed class ScheduledContinuation
{
    private readonly Action<object?> _continuation;
    private readonly object? _state;
    private readonly object? _place;

    private ScheduledContinuation(Action<object?> continuation, object? state, object? place)
    {
        _continuation = continuation;
        _state = state;
        _place = place;
    }

    internal static ScheduledContinuation Capture(Action<object?> continuation, object? state, ValueTaskSourceOnCompletedFlags flags)
    {
        if ((flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0)
            FlowedContinuation.Replace(ref continuation, ref state);
        bool comesBack = (flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) != 0;
        return new ScheduledContinuation(continuation, state, comesBack ? WaitContext.Capture() : null);
    }

    /// <summary>Has the continuation run where it belongs; never on the calling thread's stack.</summary>
    internal void Dispatch() => WaitContext.Post(_place, _continuation, _state);
}
