namespace Weft.Runtime.Running;

/// <summary>
/// Work items that are linked by <see cref="WorkItem.Next"/>, named by the first of them; null is the empty chain. For the thread that has
/// the chain.
/// </summary>
internal static class MailChain
{
    /// <summary>The same items, last first.</summary>
    internal static WorkItem? Reverse(WorkItem? item)
    {
        WorkItem? chain = null;
        while (item is not null)
        {
            WorkItem? next = item.Next;
            item.Next = chain;
            chain = item;
            item = next;
        }

        return chain;
    }

    /// <summary>Links the second chain behind the first.</summary>
    internal static WorkItem? Append(WorkItem? first, WorkItem? second)
    {
        if (first is null)
            return second;
        WorkItem last = first;
        while (last.Next is WorkItem next)
            last = next;
        last.Next = second;
        return first;
    }

    /// <summary>What is left without <paramref name="item"/>, which is in the chain.</summary>
    internal static WorkItem? Remove(WorkItem chain, WorkItem item)
    {
        WorkItem? rest = item.Next;
        item.Next = null;
        if (chain == item)
            return rest;
        WorkItem before = chain;
        while (before.Next != item)
            before = before.Next!;
        before.Next = rest;
        return chain;
    }

    /// <summary>Tells the sender of each item that it is never run.</summary>
    internal static void Abandon(WorkItem? chain)
    {
        while (chain is not null)
        {
            WorkItem? next = chain.Next;
            chain.Next = null;
            chain.OnNeverRun();
            chain = next;
        }
    }
}
