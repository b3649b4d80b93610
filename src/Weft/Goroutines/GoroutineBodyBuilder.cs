using System.ComponentModel;
using System.Runtime.CompilerServices;
using Weft.Runtime.Running;

namespace Weft;

/// <summary>What the compiler makes a <see cref="GoroutineBody"/> with; nobody else has a use for it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct GoroutineBodyBuilder
{
    // Set by Start, before the state machine is copied into the frame; the copy is what runs.
    private BodyFrame? _frame;

#pragma warning disable CA1000, CA1822 // The compiler looks for these members, static or not, by name.
    /// <summary>A builder for one call of the method.</summary>
    public static GoroutineBodyBuilder Create() => default;

    /// <summary>What the call returns.</summary>
    public readonly GoroutineBody Task => new(_frame!);

    /// <summary>Keeps the method to be run by a goroutine.</summary>
    /// <param name="stateMachine">The method with its arguments.</param>
    /// <typeparam name="TStateMachine">The compiler's type for it.</typeparam>
    public void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine
    {
        var frame = new BodyFrame<TStateMachine>();
        _frame = frame;
        frame.StateMachine = stateMachine;
    }

    /// <summary>Part of the compiler's pattern; does nothing.</summary>
    /// <param name="stateMachine">Not used.</param>
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine)
    {
    }

    /// <summary>The method has returned.</summary>
    public readonly void SetResult() => _frame!.End(null);

    /// <summary>The method has thrown.</summary>
    /// <param name="exception">What it has thrown.</param>
    public readonly void SetException(Exception exception) => _frame!.End(exception);

    /// <summary>The method waits.</summary>
    /// <param name="awaiter">What for.</param>
    /// <param name="stateMachine">Not used.</param>
    /// <typeparam name="TAwaiter">The type of the awaiter.</typeparam>
    /// <typeparam name="TStateMachine">The compiler's type for the method.</typeparam>
    public readonly void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine =>
        _frame!.Await(ref awaiter);

    /// <inheritdoc cref="AwaitOnCompleted"/>
    public readonly void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine =>
        _frame!.AwaitUnsafe(ref awaiter);
#pragma warning restore CA1000, CA1822
}
