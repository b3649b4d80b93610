using Xunit.v3;

namespace Weft.Tests.Support;

/// <summary>
/// The debug run of <c>.ci/run</c> leaves this test, or the tests of this class, out. Debug builds add assertions about goroutines and
/// their threads. A test of something else (documents, the layers of the code, packages, command lines, a system's numbers) proves nothing
/// there that it does not prove in release; nor does one of allocations, which only the optimising compiler spares.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class ReleaseIsEnoughAttribute : Attribute, ITraitAttribute
{
    // What .ci/run filters by.
    private static readonly KeyValuePair<string, string>[] s_traits = [new("debug", "left-out")];

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => s_traits;
}
