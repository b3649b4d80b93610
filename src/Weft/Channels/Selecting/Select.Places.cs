using System.Runtime.CompilerServices;
using Weft.Channels.Selecting;
using Weft.Runtime.Core;

namespace Weft;

/// <content>
/// Places in channels' queues that are kept from one wait to the next. A select keeps them from its second wait on, for the goroutine that
/// uses it (<see cref="_home"/>), until another uses it, the goroutine ends, or uses too many others (<see cref="KeptSelects"/>).
/// </content>
public sealed partial class Select
{
    // The goroutine for which places are kept; null while none are. Changed by its user, or by the goroutine as it ends or uses others;
    // cleared under _leaving.
    private volatile Goroutine? _home;

    // 1 while a thread gives the places up.
    private int _leaving;

    private bool _hasWaited;

    /// <summary>The goroutine never runs again.</summary>
    internal void Withdraw(Goroutine home)
    {
        if (_home == home && _isWaiting)
            _operation!.WithdrawWait();
        else
            TryWithdrawPlaces(home);
    }

    /// <summary>Gives up the places kept for a goroutine; false if the select waits just now.</summary>
    internal bool TryWithdrawPlaces(Goroutine home)
    {
        if (_home != home)
            return true;
        if (_isWaiting)
            return false;
        WithdrawPlaces(home);
        return true;
    }

    /// <summary>The goroutine that waits never runs again, and its wait was withdrawn: no case keeps its place.</summary>
    internal void WithdrawForGood()
    {
        foreach (SelectCase each in _cases.AsSpan(0, _count))
            each.WithdrawPlace();
        if (_hasOthers)
            DisarmOthers();
    }

    /// <summary>
    /// The goroutine that waited never runs again, and has not looked at what the winner brought. It may have looked already at an earlier
    /// wait.
    /// </summary>
    internal void GiveBack(int winner)
    {
        if (!_isWaiting)
            return;
        _isWaiting = false;
        SelectCase won = _cases[winner];
        won.GiveBack();
        WithdrawForGood();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WithdrawPlaces(Goroutine home)
    {
        // The goroutine may end on one thread while another, to which it gave the select, begins to use it.
        while (Interlocked.Exchange(ref _leaving, 1) != 0)
            Thread.Yield();
        if (_home == home)
        {
            foreach (SelectCase each in _cases.AsSpan(0, _count))
                each.WithdrawPlace();
            _last = null;
            _home = null;
        }

        Volatile.Write(ref _leaving, 0);
    }

    /// <summary>The end of a wait in which no places were kept: none are from this one, but may be from the next.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WithdrawOrStay(SelectOperation operation)
    {
        operation.UnlistIfMine();
        foreach (SelectCase each in _cases.AsSpan(0, _count))
            each.WithdrawPlace();
        if (_hasWaited
            && operation.Owner is Goroutine goroutine
            && Machine.CurrentGoroutine == goroutine
            && !goroutine.HasEnded
            && ((KeptSelects)(goroutine.Extra.KeptSelects ??= new KeptSelects())).TryAdd(this, goroutine))
        {
            _home = goroutine;
        }

        _hasWaited = true;
    }
}
