using Weft.Runtime.Running;

namespace Weft.Runtime.Watching;

/// <summary>
/// Carries what goroutines refer to through a collection that is to find out whether anything else refers to it; see
/// <see cref="LeakSearch"/>.
/// </summary>
/// <param name="capacity">How many goroutines it is for.</param>
internal sealed class Ark(int capacity)
{
    // 1 once the searcher has it again.
    private volatile bool _hasLanded;

    /// <summary>The finalizer may run before the searcher has the ark, and another collection come before that.</summary>
    ~Ark()
    {
        if (!_hasLanded)
            GC.ReRegisterForFinalize(this);
    }

    /// <summary>In the order in which the goroutines are held.</summary>
    internal List<GoroutineLuggage> Luggage { get; } = new(capacity);

    /// <summary>The searcher has given everything back. The ark may wait to be finalized for long, and must lead nowhere then.</summary>
    internal void Land()
    {
        Luggage.Clear();
        _hasLanded = true;
    }
}
