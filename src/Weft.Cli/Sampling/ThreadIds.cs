using System.Globalization;
using System.IO.Enumeration;

namespace Weft.Cli.Sampling;

/// <summary>The ids of this process's threads as /proc/self/task lists them.</summary>
internal static class ThreadIds
{
    public static IEnumerable<int> OfThisProcess() => new FileSystemEnumerable<int>(
        "/proc/self/task",
        static (ref FileSystemEntry entry) => int.Parse(entry.FileName, NumberStyles.None, CultureInfo.InvariantCulture),
        new EnumerationOptions { AttributesToSkip = 0 });
}
