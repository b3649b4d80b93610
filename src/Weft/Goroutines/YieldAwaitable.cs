using System.ComponentModel;
using System.Runtime.CompilerServices;
using Weft.Runtime.Core;
using Weft.Runtime.Running;
using Weft.Waiting;

namespace Weft;

/// <summary>What <see cref="Go.Yield"/> returns: awaiting it lets other goroutines run first.</summary>
public readonly struct YieldAwaitable
{
    /// <summary>Makes <c>await Go.Yield()</c> work.</summary>
    public Awaiter GetAwaiter() => default;

    /// <summary>Awaits a turn; used by the compiler.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public readonly struct Awaiter : ICriticalNotifyCompletion, IGoroutineAwaiter
    {
        /// <summary>Always false: there is no asking whether others wait.</summary>
        public bool IsCompleted => false;

        /// <summary>Ends the await.</summary>
        public void GetResult()
        {
        }

        /// <inheritdoc/>
        public void OnCompleted(Action continuation)
        {
            ArgumentNullException.ThrowIfNull(continuation);
            UnsafeOnCompleted(FlowedContinuation.Of(continuation));
        }

        /// <inheritdoc/>
        public void UnsafeOnCompleted(Action continuation)
        {
            ArgumentNullException.ThrowIfNull(continuation);
            if (!TryYieldTo(continuation))
                YieldOutside(continuation);
        }

        void IGoroutineAwaiter.Suspend(BodyFrame frame)
        {
            if (!TryYieldTo(frame))
                YieldOutside(frame.Continuation);
        }

        private static bool TryYieldTo(object continuation)
        {
            Machine? machine = Machine.Calling;
            if (machine?.Current is not Goroutine goroutine || machine.IsInScheduler || SynchronizationContext.Current != goroutine)
                return false;
            machine.WaitBox = continuation;
            machine.WaitReason = WaitReason.Yield;
            goroutine.YieldWith(continuation, null);
            return true;
        }

        // A turn of whatever context there is, as Task.Yield gives it, but with no thread made on one that a goroutine has changed for
        // itself.
        private static void YieldOutside(Action continuation) => WaitContext.Post(WaitContext.Capture(), Operation.Invoke, continuation);
    }
}
