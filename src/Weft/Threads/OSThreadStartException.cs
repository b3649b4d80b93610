using System.Runtime.InteropServices;

namespace Weft.Threads;

/// <summary>
/// The system refused to make a thread, or the memory for its stack. Thrown by <see cref="OSThread.Start(Action, OSThreadOptions)"/>.
/// </summary>
public sealed class OSThreadStartException : InvalidOperationException
{
    internal OSThreadStartException(int errorNumber, int stackSize)
        : base(
            $"The system refused a thread with a stack of {stackSize} bytes: "
            + $"{Marshal.GetPInvokeErrorMessage(errorNumber)} (error {errorNumber}).")
        => ErrorNumber = errorNumber;

    /// <summary>The system's error number: on Linux EAGAIN (11) for a thread, ENOMEM (12) for a stack.</summary>
    public int ErrorNumber { get; }
}
