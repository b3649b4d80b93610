namespace Weft.Runtime.Running;

/// <summary>
/// What a goroutine's handle leads to, taken away from it for the length of a search for goroutines that nothing can wake.
/// </summary>
internal sealed class GoroutineLuggage
{
    /// <summary>The task or frame of the body, and what resumes it.</summary>
    internal object? Body;
    internal Action? BodyContinuation;

    /// <summary>What the goroutine keeps for its next waits; some of it may be in use.</summary>
    internal WorkItem? KeptOperations;
    internal object? KeptSleep;
    internal IKeptSelects? KeptSelects;

    /// <summary>Null if nobody is known to wait for the goroutine's end.</summary>
    internal GoroutineEnds? Ends;
}

/// <summary>Those that hear of a goroutine's end: the goroutine leads to them only as long as it can still end.</summary>
internal sealed class GoroutineEnds
{
    /// <summary>Stands in the place of a source that is away. A caller that finds it there waits until the source is back.</summary>
    internal static readonly TaskCompletionSource Away = new();

    /// <summary>The mark was put in the place of this source, which is null once it is known to be lost.</summary>
    internal bool HasCompletion;
    internal TaskCompletionSource? Completion;

    /// <summary>The same for the source of the result's task, a <see cref="TaskCompletionSource{TResult}"/>.</summary>
    internal bool HasPromise;
    internal object? Promise;
    internal Task? PromisedTask;

    /// <summary>The goroutines that await it.</summary>
    internal object? Joiners;

    internal IGoroutineParent? Parent;
}
