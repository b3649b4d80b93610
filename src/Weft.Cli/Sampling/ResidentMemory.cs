using System.Buffers.Text;

namespace Weft.Cli.Sampling;

/// <summary>The bytes of this process in RAM, from /proc/self/statm: a line of page counts, the second is the resident ones.</summary>
internal static class ResidentMemory
{
    public static long Read()
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle("/proc/self/statm");
        Span<byte> line = stackalloc byte[128];
        line = line[..RandomAccess.Read(file, line, 0)];
        return Utf8Parser.TryParse(line[(line.IndexOf((byte)' ') + 1)..], out long pages, out _) ? pages * Environment.SystemPageSize : 0;
    }
}
