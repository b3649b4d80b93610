using Weft.Scheduling;

namespace Weft.Groups;

/// <summary>Who is told of the end of goroutines: a group.</summary>
internal interface IGoroutineParent
{
    /// <summary>A child's body has ended; called on its thread. False when nobody takes care of the exception.</summary>
    bool OnChildEnded(Goroutine child, Exception? exception);

    /// <summary>A child will never end, as its scheduler was disposed.</summary>
    void OnChildAbandoned(Goroutine child, Exception reason);
}

/// <summary>A goroutine that tells its parent of its end.</summary>
internal sealed class ChildGoroutine(IGoroutineParent parent, Engine engine, object body, BodyKind kind, string file, int line)
    : Goroutine(engine, body, file, line)
{
    /// <summary>The engine of the calling goroutine, or the default one.</summary>
    internal static Engine CurrentEngine => Machine.CallingGoroutine?.Engine ?? Scheduler.Default.Engine;

    private protected override object? InvokeBody(object body) => GoroutineBodies.Invoke(kind, body);

    private protected override bool Deliver(object? ended, Exception? exception) => parent.OnChildEnded(this, exception);

    private protected override void Abandon(Exception reason) => parent.OnChildAbandoned(this, reason);
}

/// <summary>A goroutine with a result that tells its parent of its end, too.</summary>
internal sealed class ChildGoroutine<TResult>(IGoroutineParent parent, Engine engine, object body, BodyKind kind, string file, int line)
    : Goroutine<TResult>(engine, body, kind, file, line)
{
    private protected override bool Deliver(object? ended, Exception? exception)
    {
        base.Deliver(ended, exception);
        if (exception is not null)
            _ = Task.Exception; // the parent tells of it, so the task's finalizer need not
        parent.OnChildEnded(this, exception);
        return true;
    }

    private protected override void Abandon(Exception reason)
    {
        base.Abandon(reason);
        parent.OnChildAbandoned(this, reason);
    }
}
