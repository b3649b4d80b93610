namespace Weft;

/// <summary>What <see cref="Go.LockOSThread(ThreadLockOptions)"/> asks for.</summary>
[Flags]
public enum ThreadLockOptions
{
    /// <summary>The thread the goroutine runs on; it ends with the goroutine if that is still locked then.</summary>
    None = 0,

    /// <summary>A thread that has run no goroutine before. Only <see cref="Go.LockOSThreadAsync"/> can give one.</summary>
    Fresh = 1,

    /// <summary>
    /// When the goroutine ends locked, keep the thread alive, unused, until the scheduler is disposed. For threads whose death would be
    /// noticed: Linux kills a child made with <c>PR_SET_PDEATHSIG</c> when the thread that made it ends.
    /// </summary>
    KeepThread = 2,
}

/// <summary>
/// One lock of a goroutine to its thread; disposing it undoes that lock. Disposing twice does nothing the second time for the same
/// variable. Dispose it on the goroutine that took it.
/// </summary>
/// <remarks>
/// The default value holds no lock. A copy counts as another variable: disposed as well, it undoes a second lock, if the goroutine has one.
/// </remarks>
public struct ThreadLock : IDisposable
{
    private Goroutine? _goroutine;

    internal ThreadLock(Goroutine goroutine) => _goroutine = goroutine;

    /// <summary>Undoes the lock.</summary>
    /// <exception cref="InvalidOperationException">Called on another goroutine than the one that took the lock.</exception>
    public void Dispose()
    {
        Goroutine? goroutine = _goroutine;
        if (goroutine is null)
            return;
        _goroutine = null;
        goroutine.UnlockFromThread();
    }
}
