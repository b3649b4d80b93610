namespace Weft.Threads;

/// <summary>
/// How an <see cref="OSThread"/> is made. A value out of range is refused by <see cref="OSThread.Start(Action, OSThreadOptions)"/>.
/// </summary>
/// <example>
/// <code>
/// OSThread thread = OSThread.Start(Compute, new OSThreadOptions { Name = "compute", StackSizeBytes = 16 * 1024 * 1024 });
/// </code>
/// </example>
public sealed class OSThreadOptions
{
    /// <summary>The smallest stack, in bytes: 256 KiB. .NET code that guards its recursion changes behaviour or throws below it.</summary>
    public const int MinStackSizeBytes = 256 * 1024;

    /// <summary>The largest stack, in bytes: 1 GiB.</summary>
    public const int MaxStackSizeBytes = 1024 * 1024 * 1024;

    /// <summary>
    /// The stack a thread gets by default, in bytes of address space: as much as .NET gives to its own threads, those of the pool among
    /// them. That is the system's default for threads (8 MiB in most places with glibc; what <c>ulimit -s</c> says as the process starts),
    /// at least 1.5 MiB, or what .NET's own settings ask for: DOTNET_Thread_DefaultStackSize in the environment,
    /// System.Threading.DefaultStackSize in the program's configuration. 1 MiB in 32-bit processes. Only touched pages cost memory.
    /// </summary>
    public static int DefaultStackSizeBytes => Threads.DefaultStackSize.Value;

    /// <summary>
    /// Bytes of stack, <see cref="MinStackSizeBytes"/> to <see cref="MaxStackSizeBytes"/>, rounded up to whole pages. Default:
    /// <see cref="DefaultStackSizeBytes"/>.
    /// </summary>
    public int StackSizeBytes { get; init; } = DefaultStackSizeBytes;

    /// <summary>The thread's name as the system shows it (Linux keeps 15 characters), or null for none.</summary>
    public string? Name { get; init; }

    internal void Validate()
    {
        if (StackSizeBytes is < MinStackSizeBytes or > MaxStackSizeBytes)
        {
            throw new ArgumentOutOfRangeException(
                nameof(StackSizeBytes),
                StackSizeBytes,
                $"{nameof(StackSizeBytes)} must be 256 KiB to 1 GiB, in bytes.");
        }
        if (Name is not null && (Name.Length == 0 || Name.Contains('\0')))
            throw new ArgumentException($"{nameof(Name)} must be null, or a text of at least one character without NUL.", nameof(Name));
    }
}
