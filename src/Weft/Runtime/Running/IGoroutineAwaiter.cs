namespace Weft.Runtime.Running;

/// <summary>An awaiter of Weft: it resumes a <see cref="BodyFrame"/> without a delegate.</summary>
internal interface IGoroutineAwaiter
{
    /// <summary>
    /// As <see cref="System.Runtime.CompilerServices.ICriticalNotifyCompletion.UnsafeOnCompleted"/>, for a body. Throws nothing: what is
    /// awaited twice ends the body.
    /// </summary>
    void Suspend(BodyFrame frame);
}
