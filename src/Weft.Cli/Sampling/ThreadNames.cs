using System.Text;

namespace Weft.Cli.Sampling;

/// <summary>
/// Tells by its name whether a thread is the engine's. Calls the C library directly: a storm has thousands of names to read.
/// </summary>
internal sealed unsafe class ThreadNames(string prefix)
{
    /// <summary>What the kernel keeps of a name, and a line end.</summary>
    private const int MaxName = 16;

    private readonly byte[] _prefix = Encoding.ASCII.GetBytes(prefix);

    public bool IsMachine(int thread)
    {
        byte* path = stackalloc byte[64];
        Encoding.ASCII.GetBytes($"/proc/self/task/{thread}/comm\0", new Span<byte>(path, 64));
        int file = LibC.Open(path, LibC.CloseOnExec);
        if (file < 0)
            return false;
        byte* name = stackalloc byte[MaxName];
        nint length = LibC.Read(file, name, MaxName);
        _ = LibC.Close(file);
        return length > 0 && new ReadOnlySpan<byte>(name, (int)length).StartsWith(_prefix);
    }
}
