namespace Weft.Runtime.Running;

/// <summary>Unwinds a goroutine that called <see cref="Go.Exit"/>; its finally blocks run. </summary>
internal sealed class GoroutineExitException(Goroutine goroutine) : Exception("A goroutine ended itself with Go.Exit.")
{
    /// <summary>The one that is to end; anybody else who meets this has a fault.</summary>
    internal Goroutine Goroutine { get; } = goroutine;
}
