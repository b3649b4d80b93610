using System.Text.Json;
using Weft.Tests.Support;

namespace Weft.Tests.Cli;

[Collection(StormCollection.Name)]
public sealed class StormFileTests(StormRuns runs)
{
    [Fact]
    public async Task Storm_File_HashesEveryRegularFileAsSha256SumDoes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The names are Linux's, and so is sha256sum.");
        JsonElement storm = await runs.JsonOf("file");

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
        DirectoryInfo empty = Directory.CreateTempSubdirectory("weft-empty-");
        try
        {
            ChildProcess weft = await WeftProgram.RunAsync("storm", "--kind", "file", "--path", empty.FullName);

            Assert.Equal(2, weft.ExitCode);
            Assert.Contains("--path: there is no regular file below", weft.Error);
        }
        finally
        {
            empty.Delete();
        }
    }
}
