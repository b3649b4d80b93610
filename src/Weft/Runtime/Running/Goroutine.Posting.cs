using System.ComponentModel;
using Weft.Runtime.Host;
using Weft.Runtime.Running;

namespace Weft;

/// <content>The goroutine as a <see cref="SynchronizationContext"/>.</content>
public abstract partial class Goroutine
{
    /// <summary>Runs <paramref name="d"/> on this goroutine, after what was posted before. Never blocks, never drops.</summary>
    /// <inheritdoc/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public sealed override void Post(SendOrPostCallback d, object? state)
    {
        ArgumentNullException.ThrowIfNull(d);
        PostContinuation(d, state);
    }

    /// <summary>
    /// Runs <paramref name="d"/> on this goroutine and waits until it has run; at once when called by the goroutine itself.
    /// </summary>
    /// <inheritdoc/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public sealed override void Send(SendOrPostCallback d, object? state)
    {
        ArgumentNullException.ThrowIfNull(d);
        if (ReferenceEquals(Runner.CurrentGoroutine, this))
        {
            d(state);
            return;
        }

        var done = new TaskCompletionSource(); // only a thread waits for it: to wake one takes no thread of the pool
        PostContinuation(
            (Action<object?>)(static s =>
            {
                var (callback, argument, completion) = ((SendOrPostCallback, object?, TaskCompletionSource))s!;
                try
                {
                    callback(argument);
                    completion.SetResult();
                }
                catch (Exception e)
                {
                    completion.SetException(e);
                }
            }),
            (d, state, done));
        Task.WaitAny(done.Task, Home.WhenStopped);
        Misuse.ThrowIfDisposed(!done.Task.IsCompleted, Home.Name, "SynchronizationContext.Send got no answer");
        done.Task.GetAwaiter().GetResult();
    }

    /// <summary>A goroutine is its own context; a copy would be another logical thread.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public sealed override SynchronizationContext CreateCopy() => this;
}
