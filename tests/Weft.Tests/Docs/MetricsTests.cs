using Weft.Tests.Support;

namespace Weft.Tests.Docs;

/// <summary>
/// Every instrument of the core has a row in the page, with its kind and its unit, and every row an instrument. The rows of requests are
/// for the tests of Weft.AspNetCore.
/// </summary>
[ReleaseIsEnough]
public sealed class MetricsTests
{
    [Fact]
    public void Rows_OfThePage_AreTheInstrumentsOfTheCore()
    {
        Assert.SkipWhen(Repository.Documents.Length == 0, "The tests run on a machine without their source.");
        using var scheduler = new Scheduler();
        using var guard = ThreadPoolGuard.Start();
        using var reader = new MetricsReader();
        Assert.Equal(
            reader.Instruments.Select(InstrumentRow.Of).OrderBy(static row => row.Name),
            InstrumentRow.All.Where(static row => !row.Name.StartsWith("weft.http.")).OrderBy(static row => row.Name));
    }

    /// <summary>What listeners show to people who have no page at hand.</summary>
    [Fact]
    public void Instruments_OfTheCore_HaveADescription()
    {
        using var scheduler = new Scheduler();
        using var reader = new MetricsReader();
        Assert.NotEmpty(reader.Instruments);
        Assert.All(reader.Instruments, static one => Assert.EndsWith(".", one.Description));
    }
}
