using System.Diagnostics;
using System.Text.Json;
using Weft.Tests.Support;

namespace Weft.Tests.Cli;

[CollectionDefinition(Name)]
public sealed class StormCollection : ICollectionFixture<StormRuns>
{
    public const string Name = "storms";
}

/// <summary>
/// The storms that tests look at, each a process of its own. Each lasts until its last idle thread was given up, after 5 s that it spends
/// asleep; so the first test that asks for one starts them all, and they sleep together.
/// </summary>
public sealed class StormRuns : IDisposable
{
    // The ThreadPool keeps its threads for 20 s, and the comparison waits for that. What is tested is that it is shown.
    private static readonly (string Name, string? Value)[] s_pool = [("DOTNET_ThreadPool_ThreadTimeoutMs", "500")];

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("weft-storm-");
    private readonly Lazy<Dictionary<string, Task<ChildProcess>>> _runs;

    public StormRuns() => _runs = new(StartAll);

    /// <summary>The end of one of them.</summary>
    internal Task<ChildProcess> Of(string name) => _runs.Value[name];

    /// <summary>The JSON of one of them, which ended well.</summary>
    internal async Task<JsonElement> JsonOf(string name)
    {
        ChildProcess weft = await Of(name);
        Assert.Equal("", weft.Error);
        Assert.Equal(0, weft.ExitCode);
        return JsonDocument.Parse(weft.Output).RootElement;
    }

    public void Dispose()
    {
        if (_runs.IsValueCreated)
            Task.WaitAll([.. _runs.Value.Values.Select(run => run.ContinueWith(static _ => { }, TaskScheduler.Default))]);
        _directory.Delete(recursive: true);
    }

    private Dictionary<string, Task<ChildProcess>> StartAll()
    {
        MakeTree();
        string[] small = ["storm", "--goroutines", "20", "--block", "20ms", "--settle", "30s"];
        var runs = new Dictionary<string, Task<ChildProcess>>
        {
            ["json"] = WeftProgram.RunAsync([.. small, "--json", "--procs", "3"]),
            ["text"] = WeftProgram.RunAsync(small),
            ["versus"] = WeftProgram.RunWithAsync(
                s_pool, [.. small, "--json", "--procs", "3", "--max-threads", "12", "--vs", "threadpool"]),
            ["few-threads"] =
                WeftProgram.RunAsync("storm", "--json", "--goroutines", "60", "--block", "100ms", "--max-threads", "8", "--settle", "30s"),
            ["file"] =
                WeftProgram.RunAsync(
                    "storm", "--json", "--kind", "file", "--path", _directory.FullName, "--goroutines", "3", "--settle", "30s"),
        };
        foreach (string kind in (string[])["sleep", "lock", "read"])
        {
            runs[kind] = WeftProgram.RunAsync(
                ["storm", "--json", "--kind", kind, "--goroutines", "50", "--block", "50ms", "--rounds", "2", "--settle", "30s"]);
        }

        return runs;
    }

    /// <summary>Four regular files of 300,101 bytes together, with names and neighbours that are hard to get right.</summary>
    private void MakeTree()
    {
        Write("empty", 0);
        Write("one", 1);
        Write("with a space, a \\ and\na line end", 100);
        Write("below/deeper/large", 300_000);
        File.CreateSymbolicLink(Path.Combine(_directory.FullName, "link"), "one");
        Directory.CreateSymbolicLink(Path.Combine(_directory.FullName, "loop"), ".");

        // To open a pipe that nobody writes to would block for ever.
        using Process pipe = Process.Start("mkfifo", Path.Combine(_directory.FullName, "pipe"));
        pipe.WaitForExit();
    }

    private void Write(string name, int size)
    {
        string path = Path.Combine(_directory.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        byte[] bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        File.WriteAllBytes(path, bytes);
    }
}
