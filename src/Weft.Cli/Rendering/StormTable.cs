using Spectre.Console;
using Weft.Cli.Results;
using Weft.Cli.Storm;

namespace Weft.Cli.Rendering;

/// <summary>The table that ends a storm, with a column for each engine.</summary>
internal static class StormTable
{
    public static void Write(StormResult result) => Write(AnsiConsole.Console, result);

    public static void Write(IAnsiConsole console, StormResult result)
    {
        StormResult[] columns = result.Threadpool is { } pool ? [result, pool] : [result];
        string title = StormWords.Describe(result.Goroutines, StormOptions.KindOf(result.Kind), TimeSpan.FromMilliseconds(result.BlockMs));
        console.WriteLine($"{title}; {result.Procs} processors{(result.RoundsMs.Length > 1 ? $"; {result.RoundsMs.Length} bursts" : "")}");
        Table table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn("").NoWrap());
        foreach (StormResult column in columns)
            table.AddColumn(new TableColumn(column.Engine == StormOptions.NameOf(StormEngine.Weft) ? "Weft" : "ThreadPool").RightAligned());
        foreach ((string label, Func<StormResult, string?> value) in Rows())
        {
            if (columns.Any(column => value(column) is not null))
                table.AddRow([label, .. columns.Select(column => value(column) ?? "-")]);
        }

        console.Write(table);
        foreach (string line in Conclusions(result))
            console.WriteLine(line);
    }

    private static IEnumerable<(string Label, Func<StormResult, string?> Value)> Rows()
    {
        yield return ("until all had ended", it => StormWords.Milliseconds(it.ElapsedMs));
        yield return ("a bystander's wait, median", it => StormWords.Milliseconds(it.BystanderMs.P50));
        yield return ("a bystander's wait, 99 %", it => StormWords.Milliseconds(it.BystanderMs.P99));
        yield return ("threads before, peak, after", it => $"{it.Threads.Before:N0}, {it.Threads.Peak:N0}, {it.Threads.After:N0}");
        yield return ("of these its own: peak, after", it => $"{it.Machines.Peak:N0}, {it.Machines.After:N0}");
        yield return ("its own all gone after", it => it.Threads.SettleMs is { } time ? StormWords.Milliseconds(time) : "not in time");
        yield return ("created, exited, reaped", it => it.Created is null ? null : $"{it.Created:N0}, {it.Exited:N0}, {it.Reaped:N0}");
        yield return ("hand-offs: wait, monitor, told",
            it => it.Handoffs is { } by ? $"{by.Wait:N0}, {by.Monitor:N0}, {by.Explicit:N0}" : null);
        yield return ("stacks: peak, after, MiB", it => it.StackBytes is { } bytes ? Mebibytes(bytes.Peak, bytes.After) : null);
        yield return ("memory before, peak, after, MiB", it => Mebibytes(it.RssBytes.Before, it.RssBytes.Peak, it.RssBytes.After));
        yield return ("waits for a further thread", it => it.Shortages is > 0 ? $"{it.Shortages:N0}" : null);
        yield return ("files hashed; MiB", it => it.Files is { } files ? $"{files.Count:N0}; {Mebibytes(files.Bytes)}" : null);
        yield return ("files that could not be read", it => it.Files is { Unreadable: > 0 } files ? $"{files.Unreadable:N0}" : null);
        yield return ("digests as sha256sum's",
            it => it.Files is { } files ? (files.Matched is { } count ? $"{count:N0}" : "no sha256sum here") : null);
    }

    private static IEnumerable<string> Conclusions(StormResult result)
    {
        if (result.Lost.Length > 0)
            yield break;
        yield return "A bystander is started meanwhile, and only notes how long it waits for its turn.";
        if (result.Engine == StormOptions.NameOf(StormEngine.Weft) && result.Threads.SettleMs is not null)
            yield return "Nothing was lost. Every thread that Weft made is gone: it was joined, and its stack given back.";
        if (result.Threadpool is not { Lost.Length: 0 } pool)
            yield break;
        yield return Compare("Until all had ended", result.ElapsedMs, pool.ElapsedMs);
        yield return Compare("A bystander's wait, 99 %", result.BystanderMs.P99, pool.BystanderMs.P99);
    }

    private static string Compare(string what, double weft, double pool)
    {
        string ratio = pool >= weft ? $"{pool / Math.Max(weft, 0.001):N1} times sooner" : $"{weft / Math.Max(pool, 0.001):N1} times later";
        return $"{what}: {StormWords.Milliseconds(weft)} with Weft, {StormWords.Milliseconds(pool)} with the ThreadPool: {ratio}.";
    }

    private static string Mebibytes(params ReadOnlySpan<long> bytes)
    {
        var text = new List<string>();
        foreach (long size in bytes)
            text.Add($"{size / (1024.0 * 1024.0):N1}");
        return string.Join(", ", text);
    }
}
