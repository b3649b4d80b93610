using System.Diagnostics;
using System.Text.Json;

namespace Weft.Tests.Cli;

public sealed class StormFileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("weft-storm-");

    [Fact]
    public async Task Storm_File_HashesEveryRegularFileAsSha256SumDoes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The names are Linux's, and so is sha256sum.");
        Write("empty", 0);
        Write("one", 1);
        Write("with a space, a \\ and\na line end", 100);
        Write("below/deeper/large", 300_000);
        File.CreateSymbolicLink(Path.Combine(_directory.FullName, "link"), "one");
        Directory.CreateSymbolicLink(Path.Combine(_directory.FullName, "loop"), ".");

        // To open a pipe that nobody writes to would block for ever.
        using (Process pipe = Process.Start("mkfifo", Path.Combine(_directory.FullName, "pipe")))
            await pipe.WaitForExitAsync(TestContext.Current.CancellationToken);

        JsonElement storm = await StormTests.RunAsync("--kind", "file", "--path", _directory.FullName, "--goroutines", "3", "--settle", "30s");

        JsonElement files = storm.GetProperty("files");
        Assert.Equal(4, files.GetProperty("count").GetInt32());
        Assert.Equal(300_101, files.GetProperty("bytes").GetInt64());
        Assert.Equal(0, files.GetProperty("unreadable").GetInt32());
        Assert.Equal(4, files.GetProperty("matched").GetInt32());
        Assert.Equal(3, storm.GetProperty("goroutines").GetInt32());
    }

    [Fact]
    public async Task Storm_FileBelowAnEmptyDirectory_IsABadCommandLine()
    {
        Support.ChildProcess weft = await WeftProgram.RunAsync("storm", "--kind", "file", "--path", _directory.FullName);

        Assert.Equal(2, weft.ExitCode);
        Assert.Contains("--path: there is no regular file below", weft.Error);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private void Write(string name, int size)
    {
        string path = Path.Combine(_directory.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        byte[] bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        File.WriteAllBytes(path, bytes);
    }
}
