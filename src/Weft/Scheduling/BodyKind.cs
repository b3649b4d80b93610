namespace Weft.Scheduling;

/// <summary>What the body of a <see cref="Goroutine{TResult}"/> is; an action counts as a function with the default result.</summary>
internal enum BodyKind : byte
{
    Action,
    AsynchronousAction,
    Function,
    AsynchronousFunction,
}
