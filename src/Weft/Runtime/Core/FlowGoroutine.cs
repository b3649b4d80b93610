using Weft.Runtime.Host;

namespace Weft.Runtime.Core;

/// <summary>
/// Goes on with a flow of another goroutine up to its next await, and then ends. <see cref="FlowContext"/> says why.
/// </summary>
internal sealed class FlowGoroutine(FlowContext context, SendOrPostCallback callback, object? state) : Goroutine(context.Root, callback)
{
    private object? _state = state;

    internal override Goroutine Root => context.Root;

    private protected override SynchronizationContext ContextOfFlows => context;

    /// <summary>Has the pool run what no goroutine will run.</summary>
    internal void RunOnPool() => CleanThread.QueueToPool(static flow => ((FlowGoroutine)flow!).InvokeBody(null!), this);

    private protected override object? InvokeBody(object body)
    {
        callback(MoveOut(ref _state));
        return null;
    }

    private protected override void Abandon(Exception reason) => RunOnPool();

    // They are the root's, and not those of the goroutine that posts.
    private protected override void InheritLabels()
    {
    }
}
