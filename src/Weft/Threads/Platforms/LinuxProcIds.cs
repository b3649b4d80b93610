using System.Collections.Concurrent;
using static Weft.Threads.Platforms.LinuxNative;

namespace Weft.Threads.Platforms;

/// <summary>
/// Knows under which ids /proc shows the threads that Weft makes. Mostly they are the threads' own; but in a pid namespace that still has
/// the /proc of the one around it, /proc numbers threads as that one does, and there may be no /proc at all.
/// </summary>
/// <remarks>
/// <para>
/// The first thread that starts finds out which it is. Only if the ids differ does each thread read its own from /proc/thread-self as it
/// starts, which takes a microsecond or two. While there is no /proc no ids are known.
/// </para>
/// <para>
/// /proc may be mounted, unmounted or replaced later. So a thread that asks for ids has them checked once a second. Ids that are not right
/// any more are forgotten; in the second before that, at worst, one thread of the process is taken for another.
/// </para>
/// </remarks>
internal static class LinuxProcIds
{
    private const int Unknown = 0;
    private const int Own = 1;
    private const int Foreign = 2;

    /// <summary>Milliseconds: a check takes some 10 us, and /proc is replaced a few times in a process's life, if ever.</summary>
    private const long CheckInterval = 1_000;

    // By the thread's own id, of those that started while /proc showed others.
    private static readonly ConcurrentDictionary<int, int> s_shown = new();

    private static volatile int s_numbering;
    private static volatile bool s_anyShown;

    // On Environment.TickCount64.
    private static long s_checkAt;

    /// <summary>The calling thread starts.</summary>
    internal static void AddCaller()
    {
        if (s_numbering == Unknown)
            Check();
        if (s_numbering != Foreign || LinuxProc.ShownIdOfCaller() is not (> 0 and int shown))
            return;
        s_anyShown = true;
        s_shown[CurrentThreadId] = shown;
    }

    /// <summary>The calling thread ends.</summary>
    internal static void RemoveCaller()
    {
        if (s_anyShown)
            s_shown.TryRemove(CurrentThreadId, out _);
    }

    /// <summary>The id under which /proc shows a thread that Weft has made; 0 when that is not known.</summary>
    internal static int IdOf(int threadId)
    {
        if (Environment.TickCount64 >= Volatile.Read(ref s_checkAt))
            Check();
        return s_numbering switch
        {
            Own => threadId,
            Foreign when s_shown.TryGetValue(threadId, out int shown) => shown,
            _ => 0,
        };
    }

    /// <summary>Looks which ids /proc shows. Threads that do so at the same time find the same.</summary>
    internal static void Check()
    {
        Volatile.Write(ref s_checkAt, Environment.TickCount64 + CheckInterval);
        bool? own = LinuxProc.ShowsOwnIds();
        if (own is null)
            return; // what is known is right again if the same /proc comes back; until then reading it fails

        // A thread of Weft checks whether it has kept its id; any other has nothing to compare.
        if (own == true || (s_shown.TryGetValue(CurrentThreadId, out int known) && known != LinuxProc.ShownIdOfCaller()))
            s_shown.Clear();
        s_numbering = own.Value ? Own : Foreign;
    }

    private static int CurrentThreadId => (int)syscall_short(SYS_gettid);
}
