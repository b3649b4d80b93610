using System.Threading.Tasks.Sources;
using Weft.Runtime.Running;

namespace Weft.Sync;

/// <summary>A wait for the end of a group's goroutines.</summary>
internal sealed class GroupWait(GoroutineGroup group, WaitReason reason, bool disposes, CancellationToken token)
    : WaitOperation(group, reason, blocks: false, token)
{
    /// <summary>The group takes no more goroutines afterwards.</summary>
    internal bool Disposes => disposes;
}

/// <summary>A goroutine that waits for room in its group to start.</summary>
internal abstract class StartOperation(GoroutineGroup group, WaitReason reason, bool blocks)
    : WaitOperation(group, reason, blocks, CancellationToken.None)
{
    internal abstract Goroutine Child { get; }
}

/// <inheritdoc/>
internal sealed class StartOperation<TGoroutine>(GoroutineGroup group, WaitReason reason, bool blocks, TGoroutine child)
    : StartOperation(group, reason, blocks), IValueTaskSource<TGoroutine>
    where TGoroutine : Goroutine
{
    internal override Goroutine Child => child;

    TGoroutine IValueTaskSource<TGoroutine>.GetResult(short token)
    {
        GetResult(token);
        return child;
    }
}
