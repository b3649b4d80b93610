using Weft.Cli.CommandLine;
using Weft.Cli.Storm;

namespace Weft.Cli.Rendering;

/// <summary>Figures and options in words that a newcomer understands.</summary>
internal static class StormWords
{
    public static string Describe(StormOptions options) => Describe(options.Goroutines, options.Kind, options.Block);

    public static string Describe(int goroutines, StormKind kind, TimeSpan block)
    {
        string time = new Duration(block).ToString();
        string what = kind switch
        {
            StormKind.Sleep => $"each blocked for {time} in Thread.Sleep",
            StormKind.Lock => $"all blocked in one lock for {time}",
            StormKind.Read => $"all blocked in read(2) for {time}",
            _ => "reading and hashing files",
        };
        return $"{goroutines:N0} goroutines, {what}";
    }

    public static string Milliseconds(double value) => value switch
    {
        >= 100 => $"{value:N0} ms",
        >= 1 => $"{value:N1} ms",
        _ => $"{value:N3} ms",
    };

    public static string Mebibytes(long bytes) => $"{bytes / (1024.0 * 1024.0):N1} MiB";
}
