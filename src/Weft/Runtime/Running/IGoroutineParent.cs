namespace Weft.Runtime.Running;

/// <summary>What is told of the end of goroutines: a group.</summary>
internal interface IGoroutineParent
{
    /// <summary>A child's body has ended; called on its thread. False when nobody takes care of the exception.</summary>
    bool OnChildEnded(Goroutine child, Exception? exception);

    /// <summary>A child will never end, as its scheduler was disposed.</summary>
    void OnChildAbandoned(Goroutine child, Exception reason);

    /// <summary>
    /// Whether all that wait for the children's ends, as far as it knows, are goroutines of one engine, and would end with it.
    /// </summary>
    bool IsAwaitedOnlyBy(GoroutineHome home);
}
