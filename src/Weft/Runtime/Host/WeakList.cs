using Weft.Threads;

namespace Weft.Runtime.Host;

/// <summary>The live objects of a kind in the process; it keeps none of them alive. Any thread may use it.</summary>
/// <typeparam name="T">The kind.</typeparam>
/// <param name="isOver">Whether an object is of no use any more: it is left out of answers, and dropped in time.</param>
internal sealed class WeakList<T>(Func<T, bool> isOver)
    where T : class
{
    private readonly FutexLock _lock = new(ThreadPlatform.Current);
    private readonly List<WeakReference<T>> _entries = [];

    // Those of no use are dropped when there are as many entries as this: twice what was left the last time, so that each is looked at a
    // few times and not once for each that is added.
    private int _dropAt = 16;

    internal void Add(T entry)
    {
        var reference = new WeakReference<T>(entry);
        _lock.Enter();
        if (_entries.Count >= _dropAt)
        {
            _entries.RemoveAll(known => !known.TryGetTarget(out T? target) || isOver(target));
            _dropAt = Math.Max(16, 2 * _entries.Count);
        }

        _entries.Add(reference);
        _lock.Exit();
    }

    internal List<T> Snapshot()
    {
        var all = new List<T>();
        _lock.Enter();
        foreach (WeakReference<T> reference in _entries)
        {
            if (reference.TryGetTarget(out T? target) && !isOver(target))
                all.Add(target);
        }

        _lock.Exit();
        return all;
    }
}
