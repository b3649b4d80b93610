using System.Runtime.InteropServices;
using static Weft.Threads.Platforms.LinuxNative;

namespace Weft.Threads.Platforms;

/// <summary>
/// Brings a signal stack along with a thread, so that the runtime maps, guards and unmaps none of its own for it: three system calls
/// and two mappings a thread, a fifth of what a thread costs and half of the mappings that the kernel counts against its limit. The runtime
/// installs one when managed code is entered and none is there, so it takes a few instructions before that: six, on x64. Elsewhere, and
/// where the system allows no new code, threads start without and the runtime does it.
/// <para>
/// The start block and the signal stack lie at the top of the thread's memory, above what the thread is told is its stack:
/// <c>guard | stack | start block | signal stack</c>. So the start block is in the page that the C library uses for its record of the
/// thread, and a thread that gets no signal there touches two pages of its memory, not three. (The runtime unmaps a signal stack only if it
/// has mapped it itself.)
/// </para>
/// </summary>
internal static unsafe class LinuxSignalStack
{
    // Four times what the runtime gives itself: also enough for hosts whose own handlers run here. Pages nobody touches cost nothing.
    private const int SignalStackSize = 64 * 1024;

    // Keeps the top of the stack below it aligned to a cache line.
    private const int BlockSize = 64;

    // Never freed: one page for as long as the process lives. 0 if there is none.
    private static readonly nint s_code = EmitCode();

    /// <summary>
    /// Bytes that <see cref="Prepare"/> takes from the top of a thread's memory; 0 if signal stacks are left to the runtime.
    /// </summary>
    internal static nuint Reserve { get; } = s_code == 0 ? 0u : SignalStackSize + BlockSize;

    /// <summary>What a thread starts with: installs the signal stack and goes on to the entry. Its argument is a start block.</summary>
    internal static delegate* unmanaged<nint, nint> Code => (delegate* unmanaged<nint, nint>)s_code;

    /// <summary>Writes the start block of a thread at the top of its memory; <see cref="Reserve"/> must not be 0.</summary>
    internal static nint Prepare(nint memory, nuint size, delegate* unmanaged<nint, nint> entry, nint argument)
    {
        nint signalStack = memory + (nint)size - SignalStackSize;
        var block = (StartBlock*)(signalStack - BlockSize);
        *block = new StartBlock
        {
            SignalStack = signalStack,
            SignalStackSize = SignalStackSize,
            Argument = argument,
            Entry = (nint)entry,
        };
        return (nint)block;
    }

    private static nint EmitCode()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return 0;

        // sigaltstack(block, null), then a jump to block->Entry(block->Argument). The call keeps every register but rax, rcx and r11. A
        // jump, so there is no frame that an unwinder would have to know.
        ReadOnlySpan<byte> instructions =
        [
            0xF3, 0x0F, 0x1E, 0xFA,       // endbr64
            0x31, 0xF6,                   // xor  esi, esi
            0xB8, 0x83, 0x00, 0x00, 0x00, // mov  eax, SYS_sigaltstack
            0x0F, 0x05,                   // syscall
            0x48, 0x8B, 0x47, 0x20,       // mov  rax, [rdi + Entry]
            0x48, 0x8B, 0x7F, 0x18,       // mov  rdi, [rdi + Argument]
            0xFF, 0xE0,                   // jmp  rax
        ];

        // Written first and made executable then: never both.
        nuint page = (nuint)Environment.SystemPageSize;
        nint code = mmap(0, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (code == -1)
            return 0;
        instructions.CopyTo(new Span<byte>((void*)code, (int)page));
        if (mprotect(code, page, PROT_READ | PROT_EXEC) == 0)
            return code;
        _ = munmap(code, page);
        return 0;
    }

    /// <summary>The kernel's stack_t for 64-bit, then what the code needs: argument at 24, entry at 32.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 40)]
    private struct StartBlock
    {
        [FieldOffset(0)]
        internal nint SignalStack;

        [FieldOffset(8)]
        internal int Flags;

        [FieldOffset(16)]
        internal nint SignalStackSize;

        [FieldOffset(24)]
        internal nint Argument;

        [FieldOffset(32)]
        internal nint Entry;
    }
}
