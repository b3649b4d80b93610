using System.Runtime.CompilerServices;

namespace Weft.TestChild;

/// <summary>Recurses without end on a machine, to meet its guard page.</summary>
internal static class StackOverflow
{
    internal static int Run(string[] arguments)
    {
        Go.Run(() =>
        {
            Console.WriteLine("recursing");
            Console.WriteLine(Recurse(1));
        });
        return 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)]
    private static int Recurse(int depth) => depth == 0 ? 0 : 1 + Recurse(depth + 1);
}
