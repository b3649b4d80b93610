namespace Weft.Scheduling;

internal sealed class ActionGoroutine(Engine engine, Action body, string file, int line) : Goroutine(engine, body, file, line)
{
    private protected override Task? InvokeBody(object body)
    {
        ((Action)body)();
        return null;
    }
}

internal sealed class TaskGoroutine(Engine engine, Func<Task> body, string file, int line) : Goroutine(engine, body, file, line)
{
    private protected override Task? InvokeBody(object body) =>
        ((Func<Task>)body)() ?? throw new InvalidOperationException("The body of a goroutine returned null instead of a task.");
}

internal sealed class ActionGoroutine<TState>(Engine engine, Action<TState> body, TState state, string file, int line)
    : Goroutine(engine, body, file, line)
{
    private protected override Task? InvokeBody(object body)
    {
        ((Action<TState>)body)(state);
        return null;
    }
}

internal sealed class TaskGoroutine<TState>(Engine engine, Func<TState, Task> body, TState state, string file, int line)
    : Goroutine(engine, body, file, line)
{
    private protected override Task? InvokeBody(object body) =>
        ((Func<TState, Task>)body)(state) ?? throw new InvalidOperationException("The body of a goroutine returned null instead of a task.");
}
