namespace Weft.Runtime.Host;

/// <summary>
/// The span of a blocking wait of Weft's own. Where the runtime would announce it to nobody - in a task of
/// <see cref="Scheduler.TaskScheduler"/>, or where another context is set - it is a declared call, so that the processor goes on at once.
/// </summary>
internal readonly ref struct UnhookedWait
{
    private readonly WeftThread? _thread;

    public UnhookedWait()
    {
        if (WeftThread.Calling is { } thread && thread.TryBeginUnhookedWait())
            _thread = thread;
    }

    public void Dispose() => _thread?.EndUnhookedWait();
}
