using static Weft.Threads.Platforms.LinuxNative;

namespace Weft.Threads.Platforms;

/// <summary>
/// Mappings and address space that nobody uses, given up when the system refuses either: then the runtime, which ends the process at a
/// refusal, has some. It costs no memory. Any thread may use it.
/// </summary>
internal sealed unsafe class LinuxBallast
{
    /// <summary>
    /// Mappings: what the runtime takes when a program starts to use Weft, measured at some 75, nearly all of which is for code that it
    /// loads and compiles. The number is odd, so that both ends are of the rarer kind.
    /// </summary>
    internal const int Mappings = 65;

    /// <summary>In bytes: the default stacks of a few threads of .NET's own, and as much again.</summary>
    internal const long Bytes = Mappings * Piece;

    private const nint Piece = 1024 * 1024;

    // 0 if there is none.
    private nint _address;

    internal bool IsHeld => Address != 0;

    /// <summary>Where it begins; 0 if it is not held.</summary>
    internal nint Address => Volatile.Read(ref _address);

    /// <summary>Maps it, unless it is held or the system refuses it. By one thread at a time.</summary>
    internal void TryMap()
    {
        if (IsHeld)
            return;
        nint address = mmap(0, (nuint)Bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (address == -1)
            return;

        // Neighbours differ, or the kernel would make one mapping of them. The first and the last are of the rarer kind, so that what lies
        // beside them is no part of the same mapping: to cut that in two, as it is given up, would take a mapping more.
        for (int i = 1; i < Mappings; i += 2)
        {
            if (mprotect(address + (i * Piece), (nuint)Piece, PROT_NONE) != 0)
            {
                _ = munmap(address, (nuint)Bytes);
                return;
            }
        }

        Volatile.Write(ref _address, address);
    }

    /// <summary>Unmaps it, if it is held.</summary>
    internal void Unmap()
    {
        nint address = Interlocked.Exchange(ref _address, 0);
        if (address != 0)
            _ = munmap(address, (nuint)Bytes);
    }
}
