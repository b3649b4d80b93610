namespace Weft.Waiting;

/// <summary>What a <see cref="WaiterList{T}"/> needs of its entries: they carry the links, so that waiting allocates nothing.</summary>
internal interface IWaiter<T>
    where T : class
{
    /// <summary>Neighbours in the list, or in a pool; owned by it.</summary>
    T? Previous { get; set; }

    /// <inheritdoc cref="Previous"/>
    T? Following { get; set; }

    /// <summary>Whether the waiter is in a list.</summary>
    bool IsListed { get; set; }
}

/// <summary>Waiters, first come, first served. Not thread-safe; a mutable struct.</summary>
internal struct WaiterList<T>
    where T : class, IWaiter<T>
{
    private T? _first;
    private T? _last;

    internal readonly bool IsEmpty => _first is null;

    internal readonly T? First => _first;

    /// <summary>Whether a condition holds for each; walks the list.</summary>
    internal readonly bool All<TState>(TState state, Func<T, TState, bool> condition)
    {
        for (T? waiter = _first; waiter is not null; waiter = waiter.Following)
        {
            if (!condition(waiter, state))
                return false;
        }

        return true;
    }

    internal void AddLast(T waiter)
    {
        waiter.Previous = _last;
        if (_last is null)
            _first = waiter;
        else
            _last.Following = waiter;
        _last = waiter;
        waiter.IsListed = true;
    }

    internal void AddFirst(T waiter)
    {
        waiter.Following = _first;
        if (_first is null)
            _last = waiter;
        else
            _first.Previous = waiter;
        _first = waiter;
        waiter.IsListed = true;
    }

    internal T? RemoveFirst()
    {
        T? waiter = _first;
        if (waiter is not null)
            Remove(waiter);
        return waiter;
    }

    /// <summary>Empties the list. Its waiters count as taken out, and are in the list that is returned.</summary>
    internal WaiterList<T> TakeAll()
    {
        WaiterList<T> all = this;
        this = default;
        for (T? waiter = all._first; waiter is not null; waiter = waiter.Following)
            waiter.IsListed = false;
        return all;
    }

    internal void Remove(T waiter)
    {
        if (waiter.Previous is null)
            _first = waiter.Following;
        else
            waiter.Previous.Following = waiter.Following;
        if (waiter.Following is null)
            _last = waiter.Previous;
        else
            waiter.Following.Previous = waiter.Previous;
        waiter.Previous = waiter.Following = null;
        waiter.IsListed = false;
    }
}
