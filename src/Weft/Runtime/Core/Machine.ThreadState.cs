using System.Runtime.CompilerServices;

namespace Weft.Runtime.Core;

/// <content>
/// What a goroutine has changed about its <see cref="Thread"/> is undone before the machine runs another one, as the pool does it: name,
/// priority, background. (The culture is an AsyncLocal value, and goes with the context.) A goroutine that is locked to the thread keeps
/// what it has changed.
/// <para>
/// <b>Cost.</b> The runtime keeps the current context in the Thread object, so every machine has one anyway. To ask it for a name and a
/// priority is two loads. Whether it is in the background takes a call, 2 ns, which is 4 per cent of the shortest goroutine's life. So that
/// is asked only when the machine looks at the clock, and before it sleeps: a thread in the foreground does nothing to other goroutines,
/// but keeps the process alive.
/// </para>
/// </content>
internal sealed partial class Machine
{
    // Null where the thread is a user's.
    private Thread? _thread;

    /// <summary>What the system calls the thread.</summary>
    internal string ThreadName => $"{Engine.Options.Name}-m{Id}";

    /// <summary>Between two goroutines, by the machine.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void ResetThread()
    {
        if (_thread is { } thread && (thread.Name is not null || thread.Priority != ThreadPriority.Normal))
            ResetThreadSlowly(thread);
    }

    /// <summary>The same with what is not asked each time.</summary>
    internal void ResetThreadWholly()
    {
        if (_thread is not { } thread || Locked is not null)
            return;
        ResetThread();
        if (!thread.IsBackground)
            thread.IsBackground = true;
    }

    /// <summary>From now on it is known which thread the machine is. By that thread.</summary>
    private void KnowThread()
    {
        if (Engine.Platform.CreatesThreads)
            _thread = Thread.CurrentThread;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ResetThreadSlowly(Thread thread)
    {
        if (Locked is not null)
            return;
        if (thread.Priority != ThreadPriority.Normal)
            thread.Priority = ThreadPriority.Normal;
        if (thread.Name is null)
            return;
        thread.Name = null;
        Engine.Platform.NameCurrentThread(ThreadName);
    }
}
