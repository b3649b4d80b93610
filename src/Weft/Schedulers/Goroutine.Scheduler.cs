using System.Runtime.CompilerServices;

namespace Weft;

/// <content>The scheduler of a goroutine.</content>
public abstract partial class Goroutine
{
    /// <summary>The scheduler it runs on.</summary>
    public Scheduler Scheduler => Unsafe.As<Scheduler>(Engine.Listener); // there is no other listener
}
