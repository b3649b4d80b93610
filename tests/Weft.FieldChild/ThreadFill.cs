namespace Weft.FieldChild;

/// <summary>
/// Threads of the program's own, as many as the system lets it have, so that nobody else gets one. They leave together: when told to, or
/// after a time.
/// </summary>
internal sealed class ThreadFill
{
    private readonly TaskCompletionSource _full = new();
    private readonly TaskCompletionSource _over = new();
    private readonly List<Thread> _threads = [];

    /// <summary>
    /// Makes threads until one is refused. They leave <paramref name="stay"/> after that, or when <see cref="End"/> is called.
    /// </summary>
    internal ThreadFill(TimeSpan stay)
    {
        try
        {
            while (true)
            {
                var thread = new Thread(() =>
                {
                    _full.Task.Wait(); // were the time to begin here, a slow machine would lose threads as fast as it makes them
                    _over.Task.Wait(stay);
                    _ = _over.TrySetResult();
                });
                thread.Start();
                _threads.Add(thread);
            }
        }
        catch (OutOfMemoryException)
        {
            // .NET's word for it.
        }

        _full.SetResult();
    }

    /// <summary>How many there are.</summary>
    internal int Count => _threads.Count;

    /// <summary>Has them leave, and waits for that.</summary>
    internal void End()
    {
        _ = _over.TrySetResult();
        foreach (Thread thread in _threads)
            thread.Join();
    }
}
