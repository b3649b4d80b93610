using Weft.Tests.Docs;
using Weft.Tests.Support;

namespace Weft.AspNetCore.Tests.Docs;

/// <summary>Every instrument has a row in the page on metrics, with its kind and its unit, and every row an instrument.</summary>
public sealed class RequestMetricsPageTests
{
    [Fact]
    public async Task Rows_OfThePage_AreTheInstruments()
    {
        Assert.SkipWhen(Repository.Documents.Length == 0, "The tests run on a machine without their source.");
        await using TestApp app = await TestApp.StartAsync(
            static app => app.UseWeft(), weft: static options => options.ThreadPoolGuard = new ThreadPoolGuardOptions());
        using var reader = new MetricsReader();
        Assert.Equal(
            reader.Instruments.Select(InstrumentRow.Of).OrderBy(static row => row.Name, StringComparer.Ordinal),
            InstrumentRow.All.OrderBy(static row => row.Name, StringComparer.Ordinal));
    }
}
