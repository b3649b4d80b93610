using System.ComponentModel;
using Weft.Runtime.Core;

namespace Weft;

/// <content>What it has as a <see cref="SynchronizationContext"/> and has no use for.</content>
public abstract partial class Goroutine
{
    /// <summary>The goroutine that the calling thread runs, or null: <see cref="Go.Current"/>, and not the context of any kind.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static new Goroutine? Current => Machine.CallingGoroutine;

    /// <summary>Does nothing: a goroutine does not count what is under way in it.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public sealed override void OperationStarted()
    {
    }

    /// <inheritdoc cref="OperationStarted"/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public sealed override void OperationCompleted()
    {
    }
}
