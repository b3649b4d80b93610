namespace Weft.Runtime.Running;

/// <summary>Unwinds a goroutine that called <see cref="Go.Exit"/>; its finally blocks run.</summary>
internal sealed class GoroutineExitException(Goroutine goroutine) : Exception("A goroutine ended itself with Go.Exit.")
{
    /// <summary>The goroutine that is to end; to any other this is a failure like others.</summary>
    internal Goroutine Goroutine { get; } = goroutine;
}
