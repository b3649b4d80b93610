using System.Runtime.InteropServices;

namespace Weft.Benchmarks.Measure;

/// <summary>read(2), each on a pipe of its own.</summary>
internal sealed unsafe partial class PipeReader : Blocker
{
    private readonly int[] _ends;

    public PipeReader(int count)
    {
        _ends = new int[count * 2];
        fixed (int* ends = _ends)
        {
            for (int i = 0; i < count; i++)
                Check(Pipe(ends + (i * 2)));
        }
    }

    public override void Block(int i)
    {
        byte value;
        Check((int)Read(_ends[i * 2], &value, 1));
    }

    public override void Release()
    {
        byte value = 1;
        for (int i = 0; i < _ends.Length; i += 2)
            Check((int)Write(_ends[i + 1], &value, 1));
    }

    public override void Dispose()
    {
        foreach (int end in _ends)
            Check(Close(end));
    }

    private static void Check(int result)
    {
        if (result < 0)
            throw new IOException($"A call on a pipe failed with error {Marshal.GetLastPInvokeError()}.");
    }

    [LibraryImport("libc", EntryPoint = "pipe", SetLastError = true)]
    private static partial int Pipe(int* ends);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int file, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int file, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int file);
}
