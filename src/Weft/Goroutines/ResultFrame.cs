using System.Runtime.CompilerServices;
using Weft.Runtime.Running;

namespace Weft.Goroutines;

/// <summary>The frame of a body that has a result.</summary>
/// <typeparam name="TResult">The type of the result.</typeparam>
internal abstract class ResultFrame<TResult> : BodyFrame
{
    /// <summary>Set before the body ends without an exception.</summary>
    internal TResult Result = default!;
}

/// <inheritdoc/>
/// <typeparam name="TResult">The type of the result.</typeparam>
/// <typeparam name="TStateMachine">The compiler's type for the body.</typeparam>
internal sealed class ResultFrame<TResult, TStateMachine> : ResultFrame<TResult>
    where TStateMachine : IAsyncStateMachine
{
    internal TStateMachine StateMachine = default!;

    private protected override void MoveNext() => StateMachine.MoveNext();
}
