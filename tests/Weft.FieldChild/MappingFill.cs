using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Weft.FieldChild;

/// <summary>Uses up the mappings that a process may have (<c>vm.max_map_count</c>), but for some.</summary>
internal static unsafe partial class MappingFill
{
    private const int PROT_NONE = 0;
    private const int PROT_READ = 1;
    private const int MAP_PRIVATE = 0x02;
    private const int MAP_ANONYMOUS = 0x20;
    private const int MAP_NORESERVE = 0x4000;

    /// <summary>Leaves <paramref name="free"/> mappings, one more or less.</summary>
    internal static void LeaveFree(int free)
    {
        // Every other page of one region is readable, so that no two neighbours are one mapping: a page made readable adds two.
        nuint page = (nuint)Environment.SystemPageSize;
        nuint pages =
            nuint.Parse(File.ReadAllText("/proc/sys/vm/max_map_count"), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) + 2;
        nint region = Map(0, page * pages, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (region == -1)
            throw new Win32Exception();
        nuint last = 1;
        while (last < pages && Protect(region + (nint)(page * last), page, PROT_READ) == 0)
            last += 2;
        if (last >= pages)
            throw new InvalidOperationException("As many mappings as there may be were not refused.");
        for (int given = 0; given + 1 < free && last > 2; given += 2)
        {
            last -= 2;
            if (Protect(region + (nint)(page * last), page, PROT_NONE) != 0)
                throw new Win32Exception();
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint size, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nuint size, int protection);
}
