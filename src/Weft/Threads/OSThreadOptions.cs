namespace Weft.Threads;

/// <summary>How an <see cref="OSThread"/> is made. A value out of range is refused by <see cref="OSThread.Start(Action, OSThreadOptions)"/>.</summary>
/// <example>
/// <code>
/// OSThread thread = OSThread.Start(Compute, new OSThreadOptions { Name = "compute", StackSize = 16 * 1024 * 1024 });
/// </code>
/// </example>
public sealed class OSThreadOptions
{
    /// <summary>The smallest stack, in bytes: 256 KiB. .NET code that guards its recursion changes behaviour or throws below it.</summary>
    public const int MinStackSize = 256 * 1024;

    /// <summary>The largest stack, in bytes: 1 GiB.</summary>
    public const int MaxStackSize = 1024 * 1024 * 1024;

    /// <summary>The stack a thread gets by default, in bytes of address space: 1 MiB. Only touched pages cost memory.</summary>
    public const int DefaultStackSize = 1024 * 1024;

    /// <summary>
    /// Bytes of stack, <see cref="MinStackSize"/> to <see cref="MaxStackSize"/>, rounded up to whole pages. Default:
    /// <see cref="DefaultStackSize"/>.
    /// </summary>
    public int StackSize { get; init; } = DefaultStackSize;

    /// <summary>The thread's name as the system shows it (Linux keeps 15 characters), or null for none.</summary>
    public string? Name { get; init; }

    internal void Validate()
    {
        if (StackSize is < MinStackSize or > MaxStackSize)
            throw new ArgumentOutOfRangeException(nameof(StackSize), StackSize, $"{nameof(StackSize)} must be 256 KiB to 1 GiB, in bytes.");
        if (Name is not null && (Name.Length == 0 || Name.Contains('\0')))
            throw new ArgumentException($"{nameof(Name)} must be null, or a text of at least one character without NUL.", nameof(Name));
    }
}
