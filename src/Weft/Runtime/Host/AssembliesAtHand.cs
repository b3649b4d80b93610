using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Weft.Runtime.Host;

/// <summary>
/// Has .NET load what the scheduler needs of its assemblies when the first scheduler is made: a program may call chroot(2) afterwards, and
/// then there is no file to be loaded any more. One whose code runs for the first time in the monitor, seconds later, would end the
/// process.
/// </summary>
internal static class AssembliesAtHand
{
    // One type of each assembly that Weft names. Not of System.Threading.Channels: only a program that uses it itself gets there.
    private static readonly Type[] s_types =
    [
        typeof(Console),
        typeof(ConcurrentDictionary<,>),
        typeof(Enumerable),
        typeof(ManualResetEventSlim),
        typeof(Marshal),
        typeof(MemoryExtensions),
        typeof(SortedSet<>),
        typeof(Thread),
        typeof(ThreadPool),
    ];

    internal static void Load() => GC.KeepAlive(s_types);
}
