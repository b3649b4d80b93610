using System.Runtime.CompilerServices;

namespace Weft;

/// <content>
/// Telling the body's own flow from others: what the body started and did not wait for is resumed in the goroutine, too.
/// </content>
public abstract partial class Goroutine
{
    // What resumes the body, once one of Weft's own awaiters has seen it: the compiler uses the same delegate each time.
    private Action? _bodyContinuation;

    /// <summary>Whether <paramref name="action"/> is the body's frame.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsFrame(object action) => ReferenceEquals(action, _body) && (_flags & FlagFrame) != 0;

    /// <summary>Whether it is known that <paramref name="continuation"/> resumes the body. With the run right only.</summary>
    internal bool IsResumedBy(object continuation) =>
        ReferenceEquals(continuation, _body) || ReferenceEquals(continuation, _bodyContinuation);

    /// <summary>Whether an item goes on with the body itself, and not with something the body started and did not wait for.</summary>
    private bool ResumesBody(object action, object? state) =>
        IsResumedBy(action) || IsOfBody(state) || IsOfBody(action);

    /// <summary>
    /// Whether <paramref name="box"/>, by which an operation of Weft was awaited, is the body's: its task, its frame, or what resumes it.
    /// </summary>
    private bool IsOfBody(object? box)
    {
        if (box is null)
            return false;
        if (IsResumedBy(box))
            return true;
        if (box is not Action continuation || !ReferenceEquals(continuation.Target, _body))
            return false;
        _bodyContinuation = continuation;
        return true;
    }
}
