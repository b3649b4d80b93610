using System.Buffers.Text;
using static Weft.Threads.Platforms.LinuxNative;

namespace Weft.Threads.Platforms;

/// <summary>What /proc says of threads of this process, by the ids that it shows. Nothing here allocates.</summary>
internal static unsafe class LinuxProc
{
    /// <summary>
    /// Bytes of /proc/thread-self/status that are read: NSpid comes after some 400, unless the user is in hundreds of groups, whose list
    /// comes before.
    /// </summary>
    private const int StatusBytes = 4096;

    /// <summary>
    /// What the thread does; <see cref="ThreadActivity.Unknown"/> if there is no such thread, no /proc, or no descriptor left to read it.
    /// </summary>
    internal static ThreadActivity GetActivity(int shownId)
    {
        Span<byte> path = stackalloc byte[48];
        "/proc/self/task/"u8.CopyTo(path);
        int length = "/proc/self/task/"u8.Length;
        if (!Utf8Formatter.TryFormat(shownId, path[length..], out int digits))
            return ThreadActivity.Unknown;
        "/stat\0"u8.CopyTo(path[(length + digits)..]);

        // "ID (NAME) S ...": 128 bytes hold the longest id and name. The name may contain anything, so the state is after the last ')'.
        Span<byte> text = stackalloc byte[128];
        ReadOnlySpan<byte> stat = text[..Read(path, text)];
        int state = stat.LastIndexOf((byte)')') + 2;
        if (state < 2 || state >= stat.Length)
            return ThreadActivity.Unknown;
        return stat[state] switch
        {
            (byte)'R' => ThreadActivity.Running,
            (byte)'S' or (byte)'D' or (byte)'T' or (byte)'t' or (byte)'I' => ThreadActivity.Blocked,
            (byte)'Z' or (byte)'X' or (byte)'x' => ThreadActivity.Gone,
            _ => ThreadActivity.Unknown,
        };
    }

    /// <summary>The id that /proc shows for the calling thread; 0 when it shows none.</summary>
    internal static int ShownIdOfCaller()
    {
        // "PID/task/ID". A process of a namespace that /proc does not reach has no such link.
        Span<byte> target = stackalloc byte[64];
        nint length;
        fixed (byte* path = "/proc/thread-self\0"u8, start = target)
            length = readlink(path, start, (nuint)target.Length);
        if (length <= 0)
            return 0;
        ReadOnlySpan<byte> link = target[..(int)length];
        return Utf8Parser.TryParse(link[(link.LastIndexOf((byte)'/') + 1)..], out int id, out int digits) && digits > 0 ? id : 0;
    }

    /// <summary>
    /// Whether /proc shows the ids that the process itself knows; null when there is no /proc to say so. Not decided by comparing two ids,
    /// which may be equal by chance.
    /// </summary>
    internal static bool? ShowsOwnIds()
    {
        Span<byte> text = stackalloc byte[StatusBytes];
        ReadOnlySpan<byte> status = text[..Read("/proc/thread-self/status\0"u8, text)];
        if (status.IsEmpty)
            return null;

        // The thread's id in the namespace that /proc shows, and in each below it, down to its own: a single one if these are the same.
        ReadOnlySpan<byte> label = "\nNSpid:\t"u8;
        int line = status.IndexOf(label);
        if (line < 0)
            return ShownIdOfCaller() == (int)syscall_short(SYS_gettid);
        status = status[(line + label.Length)..];
        int end = status.IndexOf((byte)'\n');
        return !status[..(end < 0 ? status.Length : end)].Contains((byte)'\t');
    }

    /// <summary>Whether two more files can be opened at the same time.</summary>
    internal static bool CanOpenTwo()
    {
        fixed (byte* name = "/\0"u8)
        {
            int first = open(name, O_RDONLY | O_CLOEXEC);
            int second = first < 0 ? -1 : open(name, O_RDONLY | O_CLOEXEC);
            if (second >= 0)
                _ = close(second);
            if (first >= 0)
                _ = close(first);
            return second >= 0;
        }
    }

    /// <summary>Reads the beginning of a file whose path ends with a zero; the bytes read, 0 if that fails.</summary>
    internal static int Read(ReadOnlySpan<byte> path, Span<byte> text)
    {
        fixed (byte* name = path, start = text)
        {
            int file = open(name, O_RDONLY | O_CLOEXEC);
            if (file < 0)
                return 0;
            nint count = read(file, start, (nuint)text.Length);
            _ = close(file);
            return (int)Math.Max(count, 0);
        }
    }
}
