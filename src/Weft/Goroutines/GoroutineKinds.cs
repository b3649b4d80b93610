using Weft.Runtime.Core;
using Weft.Runtime.Running;

namespace Weft.Goroutines;

internal sealed class ActionGoroutine(Engine engine, Action body, string file, int line) : Goroutine(engine, body, file, line)
{
    private protected override object? InvokeBody(object body)
    {
        ((Action)body)();
        return null;
    }
}

internal sealed class TaskGoroutine(Engine engine, Func<Task> body, string file, int line) : Goroutine(engine, body, file, line)
{
    private protected override object? InvokeBody(object body) => GoroutineBodies.NotNull(((Func<Task>)body)());
}

internal sealed class BodyGoroutine(Engine engine, Func<GoroutineBody> body, string file, int line) : Goroutine(engine, body, file, line)
{
    private protected override object? InvokeBody(object body) => GoroutineBodies.Claim(((Func<GoroutineBody>)body)().Frame);
}

internal sealed class FrameGoroutine(Engine engine, BodyFrame body, string file, int line) : Goroutine(engine, body, file, line)
{
    private protected override object? InvokeBody(object body) => body;
}

internal sealed class ActionGoroutine<TState>(Engine engine, Action<TState> body, TState state, string file, int line)
    : Goroutine(engine, body, file, line)
{
    private TState _state = state;

    private protected override object? InvokeBody(object body)
    {
        ((Action<TState>)body)(MoveOut(ref _state));
        return null;
    }
}

internal sealed class TaskGoroutine<TState>(Engine engine, Func<TState, Task> body, TState state, string file, int line)
    : Goroutine(engine, body, file, line)
{
    private TState _state = state;

    private protected override object? InvokeBody(object body) => GoroutineBodies.NotNull(((Func<TState, Task>)body)(MoveOut(ref _state)));
}

internal sealed class BodyGoroutine<TState>(Engine engine, Func<TState, GoroutineBody> body, TState state, string file, int line)
    : Goroutine(engine, body, file, line)
{
    private TState _state = state;

    private protected override object? InvokeBody(object body) =>
        GoroutineBodies.Claim(((Func<TState, GoroutineBody>)body)(MoveOut(ref _state)).Frame);
}

internal sealed class ActionRun<TState>(Engine engine, Action<TState> body, TState state, string file, int line)
    : Goroutine<NoResult>(engine, body, BodyKind.Action, file, line)
{
    private TState _state = state;

    private protected override object? InvokeBody(object body)
    {
        ((Action<TState>)body)(MoveOut(ref _state));
        return null;
    }
}

internal sealed class TaskRun<TState>(Engine engine, Func<TState, Task> body, TState state, string file, int line)
    : Goroutine<NoResult>(engine, body, BodyKind.AsynchronousAction, file, line)
{
    private TState _state = state;

    private protected override object? InvokeBody(object body) => GoroutineBodies.NotNull(((Func<TState, Task>)body)(MoveOut(ref _state)));
}

internal sealed class FunctionGoroutine<TState, TResult>(Engine engine, Func<TState, TResult> body, TState state, string file, int line)
    : Goroutine<TResult>(engine, body, BodyKind.Function, file, line)
{
    private TState _state = state;

    private protected override object? InvokeBody(object body)
    {
        SetOwnResult(((Func<TState, TResult>)body)(MoveOut(ref _state)));
        return null;
    }
}

internal sealed class TaskFunctionGoroutine<TState, TResult>(
    Engine engine,
    Func<TState, Task<TResult>> body,
    TState state,
    string file,
    int line)
    : Goroutine<TResult>(engine, body, BodyKind.AsynchronousFunction, file, line)
{
    private TState _state = state;

    private protected override object? InvokeBody(object body) =>
        GoroutineBodies.NotNull(((Func<TState, Task<TResult>>)body)(MoveOut(ref _state)));
}

internal sealed class BodyFunctionGoroutine<TState, TResult>(
    Engine engine,
    Func<TState, GoroutineBody<TResult>> body,
    TState state,
    string file,
    int line)
    : Goroutine<TResult>(engine, body, BodyKind.BodyFunction, file, line)
{
    private TState _state = state;

    private protected override object? InvokeBody(object body) =>
        GoroutineBodies.Claim(((Func<TState, GoroutineBody<TResult>>)body)(MoveOut(ref _state)).Frame);
}
