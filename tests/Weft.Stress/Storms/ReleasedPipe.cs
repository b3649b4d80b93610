using Microsoft.Win32.SafeHandles;

namespace Weft.Stress.Storms;

/// <summary>
/// A pipe that goroutines block on in read(2), which nobody declared, and a thread that gives each of them its byte a little later.
/// </summary>
internal sealed unsafe class ReleasedPipe : IDisposable
{
    private readonly SafeFileHandle _reader;
    private readonly SafeFileHandle _writer;
    private readonly Thread _releaser;
    private int _owed;
    private volatile bool _stop;

    public ReleasedPipe()
    {
        (_reader, _writer) = Native.Pipe();
        _releaser = new Thread(Release) { IsBackground = true, Name = "releaser" };
        _releaser.Start();
    }

    public void Read()
    {
        Interlocked.Increment(ref _owed);
        byte value;
        if (Native.Read(_reader, &value, 1) != 1)
            throw new IOException("read(2) on a pipe failed.");
    }

    public void Dispose()
    {
        _stop = true;
        _releaser.Join();
        _writer.Dispose();
        _reader.Dispose();
    }

    private void Release()
    {
        while (!_stop)
        {
            byte value = 0;
            for (int owed = Interlocked.Exchange(ref _owed, 0); owed > 0; owed--)
                _ = Native.Write(_writer, &value, 1);
            _ = Native.SleepMicroseconds(300);
        }
    }
}
