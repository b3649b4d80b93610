using System.Runtime.InteropServices;

namespace Weft.TestChild;

/// <summary>What the C library says about the stack of the calling thread.</summary>
internal static unsafe partial class PosixStack
{
    // Room for a pthread_attr_t of any system.
    private const int AttributesSize = 128;

    internal static long SizeOfCaller()
    {
        byte* attributes = stackalloc byte[AttributesSize];
        nint address;
        nuint size;
        if (pthread_getattr_np(pthread_self(), attributes) != 0 || pthread_attr_getstack(attributes, &address, &size) != 0)
            throw new InvalidOperationException("The C library does not tell the stack of a thread.");
        return (long)size;
    }

    [LibraryImport("libc")]
    private static partial nint pthread_self();

    [LibraryImport("libc")]
    private static partial int pthread_getattr_np(nint thread, byte* attributes);

    [LibraryImport("libc")]
    private static partial int pthread_attr_getstack(byte* attributes, nint* address, nuint* size);
}
