using System.Runtime.CompilerServices;
using Weft.Threads;

namespace Weft.TestChild;

/// <summary>Ways for a thread to end its process.</summary>
internal static class ThreadCommands
{
    internal static int StackOverflow(string[] arguments)
    {
        OSThread.Start(() => Console.WriteLine(Recurse(0))).Join();
        return 0;
    }

    internal static int Throws(string[] arguments)
    {
        OSThread.Start(() => throw new InvalidOperationException("thrown by the body")).Join();
        return 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Recurse(int depth) => depth == int.MaxValue ? 0 : Recurse(depth + 1) + 1;
}
