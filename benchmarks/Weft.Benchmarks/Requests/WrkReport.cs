using System.Globalization;
using System.Text.RegularExpressions;

namespace Weft.Benchmarks.Requests;

/// <summary>Reads what wrk prints with <c>--latency</c>.</summary>
internal static partial class WrkReport
{
    /// <summary>What the report says.</summary>
    /// <exception cref="FormatException">It is no report of wrk's.</exception>
    public static LoadResult Parse(string report)
    {
        Match total = Total().Match(report);
        Match p50 = Quantile50().Match(report), p99 = Quantile99().Match(report);
        if (!total.Success || !p50.Success || !p99.Success)
            throw new FormatException($"wrk was expected to print its latencies and its requests, not: {report}");
        long requests = Whole(total.Groups[1]);

        // The time beside the requests is rounded to 10 ms, the rate of them is more exact.
        double perSecond = Rate().Match(report) is { Success: true } rate ? Number(rate.Groups[1]) : 0;
        TimeSpan length = perSecond > 0 ? TimeSpan.FromSeconds(requests / perSecond) : Time(total.Groups[2], total.Groups[3]);
        return LoadResult.Of(
            requests,
            length,
            Time(p50.Groups[1], p50.Groups[2]).TotalMilliseconds,
            Time(p99.Groups[1], p99.Groups[2]).TotalMilliseconds,
            Errors(report));
    }

    private static long Errors(string report)
    {
        long errors = Unsuccessful().Match(report) is { Success: true } unsuccessful ? Whole(unsuccessful.Groups[1]) : 0;
        if (SocketErrors().Match(report) is { Success: true } sockets)
            errors += sockets.Groups.Values.Skip(1).Sum(Whole);
        return errors;
    }

    private static TimeSpan Time(Group number, Group unit) => unit.Value switch
    {
        "us" => TimeSpan.FromMicroseconds(Number(number)),
        "ms" => TimeSpan.FromMilliseconds(Number(number)),
        "s" => TimeSpan.FromSeconds(Number(number)),
        "m" => TimeSpan.FromMinutes(Number(number)),
        _ => TimeSpan.FromHours(Number(number)),
    };

    private static double Number(Group text) => double.Parse(text.Value, CultureInfo.InvariantCulture);

    private static long Whole(Group text) => long.Parse(text.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\s*(\d+) requests in ([\d.]+)(us|ms|s|m|h),", RegexOptions.Multiline)]
    private static partial Regex Total();

    [GeneratedRegex(@"^\s*50%\s+([\d.]+)(us|ms|s|m|h)\s*$", RegexOptions.Multiline)]
    private static partial Regex Quantile50();

    [GeneratedRegex(@"^\s*99%\s+([\d.]+)(us|ms|s|m|h)\s*$", RegexOptions.Multiline)]
    private static partial Regex Quantile99();

    [GeneratedRegex(@"^Requests/sec:\s+([\d.]+)", RegexOptions.Multiline)]
    private static partial Regex Rate();

    [GeneratedRegex(@"^\s*Non-2xx or 3xx responses: (\d+)", RegexOptions.Multiline)]
    private static partial Regex Unsuccessful();

    [GeneratedRegex(@"^\s*Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", RegexOptions.Multiline)]
    private static partial Regex SocketErrors();
}
