using Weft.Runtime.Core;
using Weft.Runtime.Host;

namespace Weft.Runtime.Watching;

/// <summary>The answer to a user that asks for leaked goroutines.</summary>
internal static class LeakReport
{
    /// <summary>The goroutines of this engine that nothing can ever wake, by id. Any thread.</summary>
    /// <exception cref="InvalidOperationException">A search is not possible now.</exception>
    internal static List<GoroutineInfo> Of(Engine engine)
    {
        if (!LeakSearch.IsPossible)
            throw new InvalidOperationException("Leaked goroutines cannot be looked for in a region without collections; end it before.");
        if (WeakEventSources.MayExist())
        {
            throw new InvalidOperationException(
                "Leaked goroutines cannot be looked for while the process has a FileSystemWatcher: the search might end it. "
                + "Dispose it before.");
        }

        // Twice: what a finalizer of the first has woken, or is about to, is not found again.
        HashSet<Goroutine> leaked = LeakSearch.Find();
        if (leaked.Count > 0)
            leaked.IntersectWith(LeakSearch.Find());
        return EngineReport.Describe(leaked.Where(goroutine => goroutine.Engine == engine && !goroutine.HasEnded));
    }
}
