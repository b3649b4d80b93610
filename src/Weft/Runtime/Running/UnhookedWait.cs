using Weft.Runtime.Core;

namespace Weft.Runtime.Running;

/// <summary>
/// The span of a blocking wait of Weft's own. Where the runtime would announce it to nobody - in a task of
/// <see cref="Scheduler.TaskScheduler"/>, or where another context is set - it is a declared call, so that the processor goes on at once.
/// </summary>
internal readonly ref struct UnhookedWait
{
    private readonly Machine? _machine;
    private readonly Goroutine? _goroutine;

    public UnhookedWait()
    {
        if (Machine.Calling is not { Current: { } goroutine, IsInScheduler: false } machine || SynchronizationContext.Current == goroutine)
            return;
        _machine = machine;
        _goroutine = goroutine;
        goroutine.Engine.BeginDeclaredCall(machine, goroutine);
    }

    public void Dispose()
    {
        if (_machine is not null)
            _goroutine!.Engine.EndDeclaredCall(_machine, _goroutine);
    }
}
