namespace Weft.Tests.Support;

/// <summary>How many seconds a test, or each test of a class, may take before the <see cref="HangWatchdog"/> ends the process.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
internal sealed class HangLimitAttribute(int seconds) : Attribute
{
    public int Seconds { get; } = seconds;
}
