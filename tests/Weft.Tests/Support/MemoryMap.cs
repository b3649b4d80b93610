using System.Globalization;

namespace Weft.Tests.Support;

/// <summary>A line of /proc/self/maps.</summary>
internal sealed record MemoryMap(nint Start, nint End, string Permissions, string Name)
{
    internal static List<MemoryMap> ReadAll() => [.. File.ReadLines("/proc/self/maps").Select(Parse)];

    internal static MemoryMap? Find(nint address) => ReadAll().Find(map => map.Start <= address && address < map.End);

    /// <summary>The kernel's two-letter flags of the mapping that begins where <paramref name="map"/> does.</summary>
    internal static string[] Flags(MemoryMap map) => File.ReadLines("/proc/self/smaps")
        .SkipWhile(line => !line.StartsWith($"{map.Start:x}-", StringComparison.Ordinal))
        .First(line => line.StartsWith("VmFlags:", StringComparison.Ordinal))
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];

    private static MemoryMap Parse(string line)
    {
        string[] fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        string[] range = fields[0].Split('-');
        return new MemoryMap(Hex(range[0]), Hex(range[1]), fields[1], fields.Length > 5 ? fields[5].Trim() : "");
    }

    private static nint Hex(string text) => nint.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
