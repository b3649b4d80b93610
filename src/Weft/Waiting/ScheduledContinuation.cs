namespace Weft.Waiting;

/// <summary>A continuation with the place where it is to run, for an await outside a goroutine's own flow.</summary>
internal sealed class ScheduledContinuation
{
    private readonly Action<object?> _continuation;
    private readonly object? _state;
    private readonly object? _place;

    internal ScheduledContinuation(Action<object?> continuation, object? state, object? place)
    {
        _continuation = continuation;
        _state = state;
        _place = place;
    }

    /// <summary>Has the continuation run where it belongs; never on the calling thread's stack.</summary>
    internal void Dispatch() => WaitContext.Post(_place, _continuation, _state);
}
