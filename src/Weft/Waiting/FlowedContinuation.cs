namespace Weft.Waiting;

/// <summary>
/// A continuation that runs in the <see cref="ExecutionContext"/> of the code that awaited, for awaiters that are asked to see to that
/// themselves: the compiler's methods carry their own.
/// </summary>
internal sealed class FlowedContinuation
{
    private readonly ExecutionContext _context;

    // An Action, or an Action<object?>, which is given _state.
    private readonly object _continuation;
    private readonly object? _state;

    private FlowedContinuation(ExecutionContext context, object continuation, object? state)
    {
        _context = context;
        _continuation = continuation;
        _state = state;
    }

    /// <summary>The continuation to use instead; the same one where the flow is suppressed.</summary>
    internal static Action Of(Action continuation) =>
        ExecutionContext.Capture() is ExecutionContext context ? new FlowedContinuation(context, continuation, null).Run : continuation;

    /// <summary>As <see cref="Of"/>, for a continuation with an argument.</summary>
    internal static void Replace(ref Action<object?> continuation, ref object? state)
    {
        if (ExecutionContext.Capture() is not ExecutionContext context)
            return;
        state = new FlowedContinuation(context, continuation, state);
        continuation = static flowed => ((FlowedContinuation)flowed!).Run();
    }

    private void Run() => ExecutionContext.Run(_context, static flowed => ((FlowedContinuation)flowed!).Call(), this);

    private void Call()
    {
        if (_continuation is Action action)
            action();
        else
            ((Action<object?>)_continuation)(_state);
    }
}
