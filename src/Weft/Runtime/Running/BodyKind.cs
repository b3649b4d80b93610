namespace Weft.Runtime.Running;

/// <summary>What the body of a <see cref="Goroutine{TResult}"/> is; an action counts as a function with the default result.</summary>
internal enum BodyKind : byte
{
    Action,
    AsynchronousAction,
    Function,
    AsynchronousFunction,

    /// <summary>Returns a <see cref="GoroutineBody"/>.</summary>
    BodyAction,

    /// <summary>Returns a <see cref="GoroutineBody{TResult}"/>.</summary>
    BodyFunction,

    /// <summary>No delegate, but the frame of a body.</summary>
    Frame,
}
