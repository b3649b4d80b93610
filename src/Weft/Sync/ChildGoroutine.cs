using Weft.Goroutines;
using Weft.Runtime.Core;
using Weft.Runtime.Running;

namespace Weft.Sync;

/// <summary>A goroutine that tells its parent of its end.</summary>
internal sealed class ChildGoroutine(IGoroutineParent parent, Engine engine, object body, BodyKind kind, string file, int line)
    : Goroutine(engine, body, file, line)
{
    // Null while a search has it, and after the end: a handle of the ended child must not lead to those that wait at the parent.
    private IGoroutineParent? _parent = parent;

    private protected override object? InvokeBody(object body) => GoroutineBodies.Invoke(kind, body);

    private protected override bool TrySettle(object? ended, Exception? exception)
    {
        IGoroutineParent parent = _parent!;
        _parent = null;
        return parent.OnChildEnded(this, exception);
    }

    private protected override void Abandon(Exception reason)
    {
        IGoroutineParent? parent = _parent;
        _parent = null;
        parent?.OnChildAbandoned(this, reason);
    }

    private protected override void DetachOwnEnds(bool alone, ref GoroutineEnds? ends)
    {
        if (_parent is IGoroutineParent parent && (alone || parent.IsAwaitedOnlyBy(Engine)))
            ((ends ??= new GoroutineEnds()).Parent, _parent) = (parent, null);
    }

    private protected override void AttachOwnEnds(GoroutineEnds ends) => _parent ??= ends.Parent;
}

/// <summary>A goroutine with a result that tells its parent of its end, too.</summary>
internal sealed class ChildGoroutine<TResult>(IGoroutineParent parent, Engine engine, object body, BodyKind kind, string file, int line)
    : Goroutine<TResult>(engine, body, kind, file, line)
{
    // Null while a search has it, and after the end: a handle of the ended child must not lead to those that wait at the parent.
    private IGoroutineParent? _parent = parent;

    private protected override bool TrySettle(object? ended, Exception? exception)
    {
        base.TrySettle(ended, exception);
        if (exception is not null)
            _ = Task.Exception; // the parent tells of it, so the task's finalizer need not
        IGoroutineParent parent = _parent!;
        _parent = null;
        parent.OnChildEnded(this, exception);
        return true;
    }

    private protected override void Abandon(Exception reason)
    {
        base.Abandon(reason);
        IGoroutineParent? parent = _parent;
        _parent = null;
        parent?.OnChildAbandoned(this, reason);
    }

    private protected override void DetachOwnEnds(bool alone, ref GoroutineEnds? ends)
    {
        base.DetachOwnEnds(alone, ref ends);
        if (_parent is IGoroutineParent parent && (alone || parent.IsAwaitedOnlyBy(Engine)))
            ((ends ??= new GoroutineEnds()).Parent, _parent) = (parent, null);
    }

    private protected override void AttachOwnEnds(GoroutineEnds ends)
    {
        base.AttachOwnEnds(ends);
        _parent ??= ends.Parent;
    }
}
