using System.Globalization;
using System.IO.Enumeration;

namespace Weft.Cli.Sampling;

/// <summary>The ids of this process's threads as /proc shows them.</summary>
internal static class ThreadIds
{
    public static IEnumerable<int> OfThisProcess() => new FileSystemEnumerable<int>(
        "/proc/self/task",
        static (ref FileSystemEntry entry) => int.Parse(entry.FileName, NumberStyles.None, CultureInfo.InvariantCulture),
        new EnumerationOptions { AttributesToSkip = 0 });

    /// <summary>The main thread has the id of the process, which /proc/self names; 0 when there is no such link.</summary>
    public static int OfMainThread() =>
        int.TryParse(new FileInfo("/proc/self").LinkTarget, CultureInfo.InvariantCulture, out int id) ? id : 0;
}
