using Weft.Benchmarks.Measure;
using Weft.Benchmarks.Requests;
using Weft.Tests.Support;

namespace Weft.Tests.Benchmarks;

[ReleaseIsEnough]
public sealed class LoadResultTests
{
    [Fact]
    public void Of_Times_HasTheirQuantilesWhateverTheirOrder()
    {
        double[] times = [.. Enumerable.Range(1, 200).Select(static i => (double)i).Reverse()];
        LoadResult result = LoadResult.Of(times, TimeSpan.FromSeconds(2), errors: 3);
        Assert.Equal((200, 100, 198, 3), (result.Requests, result.P50Ms, result.P99Ms, result.Errors));
        Assert.Equal(10_000, result.UsPerRequest);
    }

    [Fact]
    public void Of_NoTimes_TookAtLeastAsLongAsTheLoad()
    {
        LoadResult result = LoadResult.Of([], TimeSpan.FromSeconds(2), errors: 0);
        Assert.Equal((0, 2000, 2000, 2e6), (result.Requests, result.P50Ms, result.P99Ms, result.UsPerRequest));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(25, 1)]
    [InlineData(26, 2)]
    [InlineData(50, 2)]
    [InlineData(99, 4)]
    [InlineData(100, 4)]
    public void Percentile_OfFour_IsTheLeastThatIsNotBelowThatManyOfThem(double percent, double expected) =>
        Assert.Equal(expected, Percentile.Of([3, 1, 4, 2], percent));

    [Fact]
    public void Percentile_OfNone_IsZero() => Assert.Equal(0, Percentile.Of([], 99));

    [Fact]
    public void Median_OfAnEvenNumber_IsTheMeanOfTheTwoInTheMiddle() => Assert.Equal(2.5, Percentile.Median([9, 1, 3, 2]));
}
