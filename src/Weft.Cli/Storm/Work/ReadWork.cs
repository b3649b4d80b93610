using System.ComponentModel;
using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace Weft.Cli.Storm.Work;

/// <summary>Blocks in read(2) on one pipe, of which each goroutine takes one byte; the release writes them all.</summary>
internal sealed unsafe class ReadWork(int goroutines, TimeSpan block) : StormWork
{
    // .NET knows how each system makes a pipe that no child inherits.
    private readonly AnonymousPipeServerStream _pipe = new(PipeDirection.Out);

    private int _bytesRead;

    private int ReadEnd => (int)_pipe.ClientSafePipeHandle.DangerousGetHandle();

    private int WriteEnd => (int)_pipe.SafePipeHandle.DangerousGetHandle();

    public override int Goroutines => goroutines;

    public override TimeSpan? ReleaseAfter => block;

    public override void Prepare() => _bytesRead = 0;

    public override void Run(int index)
    {
        byte value;
        nint count;
        while ((count = LibC.Read(ReadEnd, &value, 1)) < 0 && Marshal.GetLastPInvokeError() == LibC.InterruptedError)
        {
        }

        Check(count);
        Interlocked.Add(ref _bytesRead, (int)count);
    }

    // Blocks when the pipe is full, and goes on as the goroutines read.
    public override void Release()
    {
        byte[] bytes = new byte[goroutines];
        fixed (byte* start = bytes)
        {
            for (nint written = 0; written < bytes.Length;)
            {
                nint count = LibC.Write(WriteEnd, start + written, (nuint)(bytes.Length - written));
                if (count < 0 && Marshal.GetLastPInvokeError() == LibC.InterruptedError)
                    continue;
                Check(count);
                written += count;
            }
        }
    }

    public override string? FindLoss() => _bytesRead == goroutines ? null : $"{_bytesRead} of {goroutines} bytes were read";

    public override void Dispose()
    {
        _pipe.Dispose();
        base.Dispose();
    }

    private static void Check(nint result)
    {
        if (result < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }
}
