namespace Weft.Scheduling;

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
    private protected override object? InvokeBody(object body)
    {
        ((Action<TState>)body)(state);
        return null;
    }
}

internal sealed class TaskGoroutine<TState>(Engine engine, Func<TState, Task> body, TState state, string file, int line)
    : Goroutine(engine, body, file, line)
{
    private protected override object? InvokeBody(object body) => GoroutineBodies.NotNull(((Func<TState, Task>)body)(state));
}

internal sealed class BodyGoroutine<TState>(Engine engine, Func<TState, GoroutineBody> body, TState state, string file, int line)
    : Goroutine(engine, body, file, line)
{
    private protected override object? InvokeBody(object body) => GoroutineBodies.Claim(((Func<TState, GoroutineBody>)body)(state).Frame);
}
