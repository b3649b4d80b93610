namespace Weft.Runtime.Running;

/// <summary>
/// An engine as far as its goroutines have to know of it. The only class that derives from it is the engine. Any thread may use it.
/// </summary>
internal abstract class GoroutineHome
{
    private volatile bool _isStopped;

    /// <summary>
    /// Whether an engine was ever stopped. Never goes back. Before that nothing is left behind; see <see cref="LeftBehind"/>.
    /// </summary>
    internal static bool AnyStopped { get; private set; }

    /// <summary>Whether every thread is gone for good.</summary>
    internal bool IsStopped => _isStopped;

    /// <summary><see cref="SchedulerOptions.ConcurrentFlows"/>.</summary>
    internal bool HasConcurrentFlows { get; private protected init; }

    /// <summary>The scheduler's name, for messages.</summary>
    internal abstract string Name { get; }

    /// <summary>Completes when the engine has stopped.</summary>
    internal abstract Task WhenStopped { get; }

    /// <summary>Puts a goroutine that has become Ready into a queue.</summary>
    internal abstract void Enqueue(Goroutine goroutine);

    /// <summary>The same for a caller that knows the calling machine, or that there is none.</summary>
    internal abstract void Enqueue(Goroutine goroutine, Runner? runner);

    /// <summary>A goroutine waits for the first time: lists it with those that are alive though nothing else may refer to them.</summary>
    internal abstract void Register(Goroutine goroutine);

    /// <summary>The context in which the flows of a goroutine run side by side. Where they do, see above.</summary>
    internal abstract SynchronizationContext MakeFlowContext(Goroutine root);

    /// <summary>A goroutine has ended, on the calling thread.</summary>
    internal abstract void OnEnded(Goroutine goroutine);

    /// <summary>A goroutine has ended by a cancellation that nobody is told of.</summary>
    internal abstract void CountCancelled();

    /// <summary>An exception has left a goroutine, and nobody can await it.</summary>
    internal abstract void OnUnhandledException(Goroutine goroutine, Exception exception);

    /// <summary>A continuation came for a goroutine of a stopped engine: nothing can run it.</summary>
    internal abstract void Refuse(Goroutine goroutine);

    /// <summary>The caller sees to it that nobody takes it for stopped before every thread is gone.</summary>
    private protected void MarkStopped()
    {
        AnyStopped = true;
        _isStopped = true;
    }
}
