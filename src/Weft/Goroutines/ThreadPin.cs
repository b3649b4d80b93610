namespace Weft;

/// <summary>What <see cref="Go.LockOSThread(ThreadPinOptions)"/> asks for.</summary>
[Flags]
public enum ThreadPinOptions
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
/// One pin of a goroutine to its thread, made by <see cref="Go.LockOSThread(ThreadPinOptions)"/>. Disposing it undoes that pin. Disposing
/// the same variable again does nothing. It excludes no other goroutine: a lock between goroutines is a <see cref="GoLock"/>.
/// </summary>
/// <remarks>
/// Dispose it on the goroutine that was pinned. The default value pins nothing. A copy counts as another variable: disposed as well, it
/// undoes a second pin, if the goroutine has one.
/// </remarks>
/// <example>
/// <code>
/// using (ThreadPin pin = Go.LockOSThread())
///     UseThreadLocalLibrary();
/// </code>
/// </example>
public struct ThreadPin : IDisposable
{
    private Goroutine? _goroutine;

    internal ThreadPin(Goroutine goroutine) => _goroutine = goroutine;

    /// <summary>Undoes the pin.</summary>
    /// <exception cref="InvalidOperationException">Called on a goroutine other than the pinned one.</exception>
    public void Dispose()
    {
        Goroutine? goroutine = _goroutine;
        if (goroutine is null)
            return;
        _goroutine = null;
        goroutine.UnlockFromThread();
    }
}
