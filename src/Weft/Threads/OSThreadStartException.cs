using System.Runtime.InteropServices;

namespace Weft.Threads;

/// <summary>The system refused to make a thread, or the memory for its stack.</summary>
public sealed class OSThreadStartException : InvalidOperationException
{
    internal OSThreadStartException(int errorNumber, int stackSize)
        : base($"The system refused a thread with a stack of {stackSize} bytes: {Marshal.GetPInvokeErrorMessage(errorNumber)} (error {errorNumber}).")
        => ErrorNumber = errorNumber;

    /// <summary>The system's error number.</summary>
    public int ErrorNumber { get; }
}
