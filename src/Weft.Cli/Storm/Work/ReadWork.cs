using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Weft.Cli.Storm.Work;

/// <summary>Blocks in read(2) on one pipe, of which each goroutine takes one byte; the release writes them all.</summary>
internal sealed unsafe class ReadWork : StormWork
{
    private readonly int _goroutines;
    private readonly TimeSpan _block;
    private readonly int _readEnd;
    private readonly int _writeEnd;
    private int _bytesRead;

    public ReadWork(int goroutines, TimeSpan block)
    {
        _goroutines = goroutines;
        _block = block;
        int* ends = stackalloc int[2];
        Check(LibC.Pipe(ends, LibC.CloseOnExec));
        (_readEnd, _writeEnd) = (ends[0], ends[1]);
    }

    public override int Goroutines => _goroutines;

    public override TimeSpan? ReleaseAfter => _block;

    public override void Prepare() => _bytesRead = 0;

    public override void Run(int index)
    {
        byte value;
        nint count;
        while ((count = LibC.Read(_readEnd, &value, 1)) < 0 && Marshal.GetLastPInvokeError() == LibC.InterruptedError)
        {
        }

        Check(count);
        Interlocked.Add(ref _bytesRead, (int)count);
    }

    // Blocks when the pipe is full, and goes on as the goroutines read.
    public override void Release()
    {
        byte[] bytes = new byte[_goroutines];
        fixed (byte* start = bytes)
        {
            for (nint written = 0; written < bytes.Length;)
            {
                nint count = LibC.Write(_writeEnd, start + written, (nuint)(bytes.Length - written));
                if (count < 0 && Marshal.GetLastPInvokeError() == LibC.InterruptedError)
                    continue;
                Check(count);
                written += count;
            }
        }
    }

    public override string? FindLoss() => _bytesRead == _goroutines ? null : $"{_bytesRead} of {_goroutines} bytes were read";

    public override void Dispose()
    {
        _ = LibC.Close(_readEnd);
        _ = LibC.Close(_writeEnd);
        base.Dispose();
    }

    private static void Check(nint result)
    {
        if (result < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }
}
