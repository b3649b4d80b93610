namespace Weft.Scheduling;

/// <summary>Unwinds a goroutine that called <see cref="Go.Exit"/>; its finally blocks run. Never leaves the goroutine.</summary>
internal sealed class GoroutineExitException() : Exception("The goroutine ended itself with Go.Exit.");
