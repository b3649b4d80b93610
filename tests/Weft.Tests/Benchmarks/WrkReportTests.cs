using Weft.Benchmarks.Requests;
using Weft.Tests.Support;

namespace Weft.Tests.Benchmarks;

[ReleaseIsEnough]
public sealed class WrkReportTests
{
    private const string Good = """
        Running 3s test @ http://127.0.0.1:5000/sleep
          2 threads and 256 connections
          Thread Stats   Avg      Stdev     Max   +/- Stdev
            Latency    51.10ms    1.02ms  60.00ms   90.00%
            Req/Sec     2.49k   120.00     2.60k    80.00%
          Latency Distribution
             50%   50.91ms
             75%   51.33ms
             90%   52.04ms
             99%    1.25s
          15000 requests in 3.01s, 2.22MB read
        Requests/sec:   5000.00
        Transfer/sec:    755.90KB
        """;

    private const string Starved = """
        Running 3s test @ http://127.0.0.1:5000/result
          2 threads and 256 connections
          Thread Stats   Avg      Stdev     Max   +/- Stdev
            Latency     0.00us    0.00us   0.00us    -nan%
            Req/Sec     0.00      0.00     0.00      -nan%
          Latency Distribution
             50%    0.00us
             75%    0.00us
             90%    0.00us
             99%    0.00us
          0 requests in 3.00s, 0.00B read
        Requests/sec:      0.00
        Transfer/sec:       0.00B
        """;

    [Fact]
    public void Parse_AReport_HasItsRequestsAndQuantiles()
    {
        LoadResult result = WrkReport.Parse(Good);
        Assert.Equal((15_000, 50.91, 1250, 0), (result.Requests, result.P50Ms, result.P99Ms, result.Errors));
    }

    [Fact]
    public void Parse_AReport_TakesTheRateRatherThanTheRoundedTime() =>
        Assert.Equal(200, WrkReport.Parse(Good).UsPerRequest, tolerance: 1e-6);

    [Theory]
    [InlineData("812.00us", 0.812)]
    [InlineData("50.91ms", 50.91)]
    [InlineData("1.25s", 1250)]
    [InlineData("1.50m", 90_000)]
    [InlineData("1.00h", 3_600_000)]
    public void Parse_EveryUnit_BecomesMilliseconds(string text, double milliseconds) =>
        Assert.Equal(milliseconds, WrkReport.Parse(Good.Replace("1.25s", text)).P99Ms, tolerance: 1e-6);

    [Fact]
    public void Parse_ErrorsOfSocketsAndAnswersWithoutSuccess_AreAddedUp()
    {
        string report = Good.Replace(
            "Requests/sec:",
            "  Socket errors: connect 1, read 20, write 300, timeout 4000\n  Non-2xx or 3xx responses: 50000\nRequests/sec:");
        Assert.Equal(54_321, WrkReport.Parse(report).Errors);
    }

    [Fact]
    public void Parse_NoRequests_TookAtLeastAsLongAsTheLoad()
    {
        LoadResult result = WrkReport.Parse(Starved);
        Assert.Equal((0, 3e6, 3000, 3000), (result.Requests, result.UsPerRequest, result.P50Ms, result.P99Ms));
    }

    [Fact]
    public void Parse_SomethingElse_SaysWhatItIs()
    {
        FormatException e = Assert.Throws<FormatException>(() => WrkReport.Parse("unable to connect"));
        Assert.EndsWith("not: unable to connect", e.Message);
    }
}
