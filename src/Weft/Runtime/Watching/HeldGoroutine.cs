using System.Runtime;
using System.Runtime.InteropServices;
using Weft.Runtime.Running;

namespace Weft.Runtime.Watching;

/// <summary>A goroutine that a <see cref="LeakSearch"/> holds, and what it learns of it. By the searcher only.</summary>
internal sealed class HeldGoroutine
{
    private readonly bool _alone;

    // It is known never to go on: what it refers to is left alone, and only those that wait for its end are taken away.
    private readonly bool _neverGoesOn;

    // Of the body, while the luggage is in the ark.
    private GCHandle _body;

    // From the body to those that wait for the goroutine's end; in the second collection, to all luggage.
    private DependentHandle _dependent;

    // In the second collection, of what must not be lost with the body.
    private DependentHandle _completion;
    private DependentHandle _promise;
    private WeakReference<IGoroutineParent>? _parent;

    internal HeldGoroutine(Goroutine goroutine, bool alone)
    {
        Goroutine = goroutine;
        _alone = alone;
        _neverGoesOn = goroutine.NeverGoesOn;
        IsLost = _neverGoesOn;
    }

    internal Goroutine Goroutine { get; }

    /// <summary>Nothing can reach its body, as far as has been found out.</summary>
    internal bool IsLost { get; private set; }

    /// <summary>Takes everything away and puts it into the ark.</summary>
    internal void Pack(Ark ark)
    {
        if (_neverGoesOn)
        {
            ark.Luggage.Add(new GoroutineLuggage { Ends = Goroutine.DetachEnds(_alone) });
            return;
        }

        GoroutineLuggage luggage = Goroutine.DetachLuggage(_alone);
        ark.Luggage.Add(luggage);
        _body = GCHandle.Alloc(luggage.Body, GCHandleType.Weak);
        if (luggage.Ends is not null)
            _dependent = new DependentHandle(luggage.Body, luggage.Ends);
    }

    /// <summary>Gives it back what the ark has carried. True if its body was not reached.</summary>
    internal bool Unpack(GoroutineLuggage luggage)
    {
        if (_neverGoesOn)
        {
            if (luggage.Ends is not null)
                Goroutine.AttachEnds(luggage.Ends);
            return false;
        }

        IsLost = _body.IsAllocated && _body.Target is null;
        if (_body.IsAllocated)
            _body.Free();
        _dependent.Dispose();
        Goroutine.AttachLuggage(luggage);
        return IsLost;
    }

    /// <summary>Takes everything away and keeps only what others can reach.</summary>
    internal void Weaken()
    {
        if (_neverGoesOn)
        {
            if (Goroutine.DetachEnds(_alone) is GoroutineEnds ends)
                Weaken(ends);
            return;
        }

        GoroutineLuggage luggage = Goroutine.DetachLuggage(_alone);
        if (luggage.Ends is not null)
            Weaken(luggage.Ends);
        _dependent = new DependentHandle(luggage.Body, luggage);
    }

    // A source can be asked for by those that have its task; a parent by those that wait at it. Goroutines that wait for this one's end are
    // none of these: they are of the same scheduler, and nobody else tells them.
    private void Weaken(GoroutineEnds ends)
    {
        if (ends.Completion is not null)
            _completion = new DependentHandle(ends.Completion.Task, ends.Completion);
        if (ends.PromisedTask is not null)
            _promise = new DependentHandle(ends.PromisedTask, ends.Promise);
        if (ends.Parent is not null)
            _parent = new WeakReference<IGoroutineParent>(ends.Parent, trackResurrection: true);
    }

    /// <summary>Puts back what is left. True if the body is gone.</summary>
    internal bool Recover()
    {
        (object? body, object? luggage) = _neverGoesOn ? default : _dependent.TargetAndDependent;
        if (body is not null)
            Goroutine.AttachLuggage((GoroutineLuggage)luggage!);
        else
            RecoverRest();
        _dependent.Dispose();
        _completion.Dispose();
        _promise.Dispose();
        return body is null;
    }

    private void RecoverRest()
    {
        var ends = new GoroutineEnds
        {
            HasCompletion = _completion.IsAllocated,
            Completion = _completion.IsAllocated ? (TaskCompletionSource?)_completion.Dependent : null,
            HasPromise = _promise.IsAllocated,
            Promise = _promise.IsAllocated ? _promise.Dependent : null,
        };
        if (_parent is not null && _parent.TryGetTarget(out IGoroutineParent? parent))
            ends.Parent = parent;
        if (_neverGoesOn)
            Goroutine.AttachEnds(ends);
        else
            Goroutine.AttachWithoutBody(ends);
    }
}
