using System.Collections.Concurrent;

namespace Weft.Runtime.Host;

/// <summary>
/// The monitor of a scheduler as far as code below the scheduler has to know of it: a thread that does for others what they must not do, or
/// cannot do yet. Any thread may use it, unless a member says otherwise.
/// </summary>
internal abstract class Caretaker
{
    /// <summary>
    /// How often a thread that blocks outside goroutines asks again for the threads of caretakers that nobody else asks for, in
    /// milliseconds.
    /// </summary>
    internal const int ForsakenPause = 20;

    private static readonly WeakList<Caretaker> s_all = new(static caretaker => caretaker.IsOver);

    [ThreadStatic]
    private static Caretaker? t_calling;

    // Caretakers that are forsaken.
    private static int s_forsaken;

    private readonly ConcurrentQueue<Action> _errands = new();

    // Errands for which .NET may make threads, while the system refuses threads. Taken out by the caretaker, or by the code that stops its
    // scheduler.
    private readonly ConcurrentQueue<Action> _threadErrands = new();

    private int _isForsaken;

    /// <summary>
    /// The caretaker that the calling thread is, or that serves it if it runs goroutines. It stays until that thread is gone and what was
    /// left to it is done.
    /// </summary>
    internal static Caretaker? OfCallingThread => t_calling ?? WeftThread.Calling?.Caretaker;

    /// <summary>Whether the calling thread is one.</summary>
    internal static bool IsCallingThread => t_calling is not null;

    /// <summary>Whether there are caretakers that were refused their thread, and no thread that would ask again.</summary>
    internal static bool AnyForsaken => Volatile.Read(ref s_forsaken) > 0;

    /// <summary>Whether it has a thread, or is about to.</summary>
    internal abstract bool IsRunning { get; }

    /// <summary>Whether anything was left to it that is not done yet.</summary>
    internal bool HasErrands => !_errands.IsEmpty || !_threadErrands.IsEmpty;

    /// <summary>Whether something waits until there are threads.</summary>
    private protected bool HasThreadErrands => !_threadErrands.IsEmpty;

    /// <summary>Whether its scheduler has stopped.</summary>
    private protected abstract bool IsOver { get; }

    /// <summary>Asks for the threads of forsaken caretakers. Any thread that is neither locked nor in a wait hook.</summary>
    internal static void AskForForsaken()
    {
        foreach (Caretaker caretaker in s_all.Snapshot())
        {
            if (Volatile.Read(ref caretaker._isForsaken) != 0)
                caretaker.TryAskAgain();
        }
    }

    /// <summary>Wakes one that has a thread; false if there is none.</summary>
    internal static bool TryWakeAny()
    {
        foreach (Caretaker caretaker in s_all.Snapshot())
        {
            if (!caretaker.IsRunning)
                continue;
            caretaker.WakeUp();
            return true;
        }

        return false;
    }

    internal abstract void WakeUp();

    /// <summary>
    /// Leaves something to this thread that another must not do; see <see cref="CleanThread"/>. Called on threads that this one serves
    /// only.
    /// </summary>
    internal void Do(Action errand)
    {
        _errands.Enqueue(errand);
        WakeUp();
    }

    /// <summary>
    /// Leaves something to this thread for which .NET may make threads: it is done once there are some; see <see cref="ScarceThreads"/>.
    /// Called on threads that this one serves, and on this thread.
    /// </summary>
    internal void DoOnceThereAreThreads(Action errand)
    {
        _threadErrands.Enqueue(errand);
        WakeUp();
    }

    /// <summary>Does everything that was left to it. By the code that stops its scheduler.</summary>
    internal void RunAllErrands()
    {
        RunErrands();
        RunThreadErrands();
    }

    /// <summary>It can be asked for its thread from now on. Last in its constructor.</summary>
    private protected void Enlist() => s_all.Add(this);

    /// <summary>The calling thread is this caretaker's from now on.</summary>
    private protected void BecomeCallingThread() => t_calling = this;

    /// <summary>Any thread that may do them.</summary>
    private protected void RunErrands()
    {
        while (_errands.TryDequeue(out Action? errand))
            errand();
    }

    /// <summary>Those that wait for threads.</summary>
    private protected void RunThreadErrands()
    {
        while (_threadErrands.TryDequeue(out Action? errand))
            errand();
    }

    /// <summary>Asks for its thread if it has none; false if it was refused once more.</summary>
    private protected abstract bool TryStartAgain();

    /// <summary>The thread was asked for once more, and is there.</summary>
    private protected abstract void OnStartedAgain();

    /// <summary>It was refused its thread, and no thread is certain to ask again: from now on every thread that comes by does.</summary>
    private protected void Forsake()
    {
        if (Interlocked.Exchange(ref _isForsaken, 1) == 0)
            Interlocked.Increment(ref s_forsaken);
        _ = new AskAtCollection(this);
    }

    private bool TryAskAgain()
    {
        if (!TryStartAgain())
            return false;
        if (Interlocked.Exchange(ref _isForsaken, 0) != 0)
            Interlocked.Decrement(ref s_forsaken);
        OnStartedAgain();
        return true;
    }

    /// <summary>Asks for the thread once more after a collection, and again after each until it is there.</summary>
    private sealed class AskAtCollection(Caretaker caretaker)
    {
        ~AskAtCollection()
        {
            if (!caretaker.TryAskAgain())
                _ = new AskAtCollection(caretaker);
        }
    }
}
