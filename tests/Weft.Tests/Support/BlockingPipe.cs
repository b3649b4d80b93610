using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Weft.Tests.Support;

/// <summary>
/// A pipe that many threads can block on: each <see cref="Read"/> sleeps in read(2), which no one declared, until it is given one byte.
/// Disposal ends every read.
/// </summary>
internal sealed unsafe class BlockingPipe : IDisposable
{
    private readonly SafeFileHandle _reader;
    private readonly SafeFileHandle _writer;

    public BlockingPipe() => (_reader, _writer) = Native.Pipe();

    /// <summary>Blocks until a byte comes or the pipe is disposed.</summary>
    public void Read()
    {
        byte value;
        if (Native.Read(_reader, &value, 1) < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>Lets as many reads go on.</summary>
    public void Release(int reads = 1)
    {
        byte[] bytes = new byte[reads];
        fixed (byte* first = bytes)
        {
            if (Native.Write(_writer, first, (nuint)reads) != reads)
                throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    public void Dispose()
    {
        // A reader keeps its end open; with no writer left, it reads the end of the file.
        _writer.Dispose();
        _reader.Dispose();
    }
}
