using System.Globalization;

namespace Weft.Threads;

/// <summary>
/// The stack that a thread gets when nobody asks for a size: what .NET gives to its own threads, those of the pool among them.
/// </summary>
/// <remarks>
/// Code that runs on the pool has that much of stack there, and must not overflow because it runs on a goroutine instead. A large stack
/// costs address space only: memory is what is touched.
/// </remarks>
internal static class DefaultStackSize
{
    /// <summary>What .NET takes where the system's default is smaller (musl gives 128 KiB, macOS 512 KiB), and on Windows.</summary>
    internal const int Floor = 1536 * 1024;

    /// <summary>For 32-bit processes: with the system's 8 MiB their address space would be used up by some 300 threads.</summary>
    internal const int For32Bit = 1024 * 1024;

    /// <summary>In bytes; does not change while the process runs.</summary>
    internal static int Value { get; } = Choose(
        Environment.GetEnvironmentVariable("DOTNET_Thread_DefaultStackSize"),
        AppContext.GetData("System.Threading.DefaultStackSize") as string,
        ThreadPlatform.Current.DefaultStackSize);

    /// <summary>Both settings are .NET's own, and decide there, too.</summary>
    /// <param name="variable">Of the environment; hexadecimal, as all such numbers of .NET are. Null if it is not set.</param>
    /// <param name="property">Of the program's configuration; decimal, or hexadecimal after 0x. Null if it is not set.</param>
    /// <param name="ofSystem">Bytes that the system gives; 0 where that is not known.</param>
    internal static int Choose(string? variable, string? property, nuint ofSystem)
    {
        if (TryParse(variable, isHexadecimal: true, out long set) || TryParse(property, isHexadecimal: false, out set))
            return (int)Math.Clamp(set, OSThreadOptions.MinStackSizeBytes, OSThreadOptions.MaxStackSizeBytes);
        if (!Environment.Is64BitProcess)
            return For32Bit;
        return (int)Math.Clamp(ofSystem, Floor, OSThreadOptions.MaxStackSizeBytes);
    }

    private static bool TryParse(string? text, bool isHexadecimal, out long value)
    {
        value = 0;
        if (text is null)
            return false;
        ReadOnlySpan<char> digits = text.AsSpan().Trim();
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            digits = digits[2..];
            isHexadecimal = true;
        }

        NumberStyles style = isHexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        return long.TryParse(digits, style, CultureInfo.InvariantCulture, out value)
            && value > 0;
    }
}
