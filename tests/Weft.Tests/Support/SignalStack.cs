using System.Runtime.InteropServices;

namespace Weft.Tests.Support;

/// <summary>The signal stack of the calling thread, as a 64-bit Linux says.</summary>
internal static partial class SignalStack
{
    internal static unsafe (nint Base, nint Size) OfCurrentThread()
    {
        nint* stack = stackalloc nint[3];
        Assert.Equal(0, sigaltstack(null, stack));
        return (stack[0], stack[2]);
    }

    [LibraryImport("libc")]
    private static unsafe partial int sigaltstack(nint* stack, nint* old);
}
