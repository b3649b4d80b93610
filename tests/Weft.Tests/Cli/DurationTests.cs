using Weft.Cli.CommandLine;
using Weft.Tests.Support;

namespace Weft.Tests.Cli;

[ReleaseIsEnough]
public sealed class DurationTests
{
    [Theory]
    [InlineData("250us", 0.25, "250us")]
    [InlineData("100ms", 100, "100ms")]
    [InlineData("1.5s", 1_500, "1.5s")]
    [InlineData("0s", 0, "0s")]
    [InlineData("90s", 90_000, "90s")]
    [InlineData("2m", 120_000, "2m")]
    public void TryParse_NumberWithUnit_IsThatTimeAndPrintsAsSuch(string text, double milliseconds, string printed)
    {
        Assert.True(Duration.TryParse(text, out Duration duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration.Value);
        Assert.Equal(printed, duration.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("100")]
    [InlineData("ms")]
    [InlineData("-1s")]
    [InlineData("1 s")]
    [InlineData("1h")]
    [InlineData("99999999999m")]
    public void TryParse_AnythingElse_IsRefused(string text) => Assert.False(Duration.TryParse(text, out _));
}
