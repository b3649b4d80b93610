using System.Runtime.CompilerServices;
using Weft.Runtime.Core;
using Weft.Runtime.Running;

namespace Weft.Waiting;

/// <content>Being kept by its goroutine, and used again.</content>
internal abstract partial class Operation
{
    /// <summary>An operation of the given kind that the running goroutine keeps and does not use now; null if it has none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected static TOperation? TakeKept<TOperation>(Goroutine goroutine)
        where TOperation : Operation
    {
        Operation? first = goroutine.KeptOperations;
        if (first is not TOperation { _isFree: true } found)
            return first is null ? null : TakeKeptBehind<TOperation>(first);
        found._isFree = false;
        return found;
    }

    private static TOperation? TakeKeptBehind<TOperation>(Operation first)
        where TOperation : Operation
    {
        for (Operation? other = first._nextKept; other is not null; other = other._nextKept)
        {
            if (other is not TOperation { _isFree: true } found)
                continue;
            found._isFree = false;
            return found;
        }

        return null;
    }

    /// <summary>
    /// For a goroutine that never runs again: takes its operations out of their queues, and gives back what they brought and the goroutine
    /// has not looked at.
    /// </summary>
    internal override void WithdrawAll(Goroutine goroutine)
    {
        for (Operation? operation = this; operation is not null; operation = operation._nextKept)
        {
            if (operation is { _isFree: false, _isLeftToMail: false })
                operation.Withdraw();
        }
    }

    /// <inheritdoc/>
    internal override WorkItem? ForgetUnused()
    {
        Operation? used = null;
        Operation? next;
        for (Operation? operation = this; operation is not null; operation = next)
        {
            next = operation._nextKept;
            operation._isKept = !operation._isFree;
            operation._nextKept = operation._isFree ? null : used;
            if (!operation._isFree)
                used = operation;
        }

        return used;
    }

    /// <summary>For an operation in use, of a goroutine that never runs again; see <see cref="LeftBehind"/>.</summary>
    private protected virtual void Withdraw()
    {
    }

    /// <summary>Decides that the caller gives back what the operation brought; once, for an operation that is never used again.</summary>
    private protected bool TryClaimLeft() => Interlocked.Exchange(ref Action, s_completed) != s_completed;

    /// <summary>Lists a new operation with those that its goroutine keeps, as one in use.</summary>
    private protected void ListFor(Goroutine owner)
    {
        if (_isKept)
            return;

        // Not as the first, which is looked at before the others are.
        if (owner.KeptOperations is Operation first)
        {
            owner.KeptOperations = first._nextKept;
            TryAddTo(owner);
            first._nextKept = owner.KeptOperations;
            owner.KeptOperations = first;
        }
        else
        {
            TryAddTo(owner);
        }
    }

    /// <summary>Undoes it.</summary>
    private protected void Unlist()
    {
        if (!_isKept)
            return;
        _isKept = false;
        if (_owner!.KeptOperations == this)
        {
            _owner.KeptOperations = _nextKept;
        }
        else
        {
            Operation before = _owner.KeptOperations!;
            while (before._nextKept != this)
                before = before._nextKept!;
            before._nextKept = _nextKept;
        }

        _nextKept = null;
    }

    /// <summary>
    /// Gives an operation whose use has ended back to its goroutine, to be used again. Does nothing if another flow calls. While mail is
    /// on its way, that mail gives the operation back.
    /// </summary>
    private protected void Keep()
    {
        if (_owner is not Goroutine owner)
        {
            KeepOutside();
            return;
        }

        if (_awaitPlace != AwaitPlace.InOwnFlow && Machine.CurrentGoroutine != owner)
            return;
        if (WasTaken)
            KeepFor(owner);
        else
            _isLeftToMail = true;
    }

    /// <summary>The same for an operation that no goroutine has started.</summary>
    private protected virtual void KeepOutside()
    {
    }

    /// <summary>
    /// Makes an operation that no goroutine has started, and whose use has ended, fit for another; false if it is still being completed.
    /// </summary>
    private protected bool TryMakeNew()
    {
        if (Volatile.Read(ref Action) != s_completed)
            return false;
        Action = null;
        State = null;
        return true;
    }

    /// <summary>
    /// The mail has come and there is nothing to run: the operation is not awaited yet, or its use has ended before. With the run right of
    /// the goroutine.
    /// </summary>
    internal override void OnMailForNobody()
    {
        if (!_isLeftToMail)
            return;
        _isLeftToMail = false;
        KeepFor(_owner!);
    }

    private void KeepFor(Goroutine owner)
    {
        Action = null;
        State = null;
        if (owner.HasEnded)
            Unlist(); // by a flow that goes on after the end; see Goroutine.End
        else
            _isFree = _isKept || TryAddTo(owner);
    }

    /// <summary>
    /// Adds the operation to those that its goroutine keeps. If there is no room, one that was not given back leaves; false if all were.
    /// </summary>
    private bool TryAddTo(Goroutine owner)
    {
        int kept = 0;
        Operation? notGivenBack = null;
        Operation? beforeThat = null;
        for (Operation? other = owner.KeptOperations, before = null; other is not null; before = other, other = other._nextKept)
        {
            kept++;
            if (!other._isFree)
                (notGivenBack, beforeThat) = (other, before);
        }

        if (kept >= MaxKept)
        {
            if (notGivenBack is null)
                return false;
            if (beforeThat is null)
                owner.KeptOperations = notGivenBack._nextKept;
            else
                beforeThat._nextKept = notGivenBack._nextKept;
            notGivenBack._nextKept = null;
            notGivenBack._isKept = false;
        }

        _isKept = true;
        _nextKept = owner.KeptOperations;
        owner.KeptOperations = this;
        return true;
    }
}
