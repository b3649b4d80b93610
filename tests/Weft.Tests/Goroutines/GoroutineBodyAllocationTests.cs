using System.Globalization;
using Weft.Tests.Support;

namespace Weft.Tests.Goroutines;

/// <summary>A body that waits by an awaiter of Weft allocates nothing for it, once the code is compiled for speed.</summary>
[ReleaseIsEnough]
public sealed class GoroutineBodyAllocationTests
{
    // Beside other tests the background compiler, which waits for 100 ms that bring nothing new, may not come to it for many seconds.
    private static readonly (string Name, string? Value)[] s_compiledForSpeed = [("DOTNET_TieredCompilation", "0")];

    public static TheoryData<string> Kinds { get; } = ["channel", "select", "yield", "sleep", "lock"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Await_InTheSteadyState_AllocatesNothing(string kind)
    {
#if DEBUG
        Assert.Skip("Only the optimising compiler spares the box of an awaiter.");
#endif
        ChildProcess child = await ChildProcess.RunCoreAsync("Weft.TestChild.dll", s_compiledForSpeed, ["body-allocations", kind]);
        Assert.Equal((0, ""), (child.ExitCode, child.Error));
        long bytes = long.Parse(child.Output, CultureInfo.InvariantCulture);
        Assert.True(bytes <= Allocations.Allowance, $"{bytes} bytes for 1,000 waits of the kind {kind}.");
    }
}
