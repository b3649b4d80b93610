using System.Security.Cryptography;
using Weft.Tests.Support;

namespace Weft.Tests.Samples;

public sealed class HashTreeTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("weft-hashtree-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Run_ATree_PrintsTheDigestOfEachFile()
    {
        var expected = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < 200; i++)
        {
            string path = Path.Combine(_root, $"a{i % 7}", $"b {i % 5}", $"{i}");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            byte[] content = RandomNumberGenerator.GetBytes(i * 1_000);
            File.WriteAllBytes(path, content);
            expected.Add(path, Convert.ToHexStringLower(SHA256.HashData(content)));
        }

        ChildProcess run = await RunAsync(_root, "--workers", "16");
        Assert.Equal(0, run.ExitCode);
        string[] lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            expected.Select(file => $"{file.Value}  {file.Key}").Order(StringComparer.Ordinal),
            lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Run_Check_AgreesWithSha256Sum()
    {
        const string Tree = "/usr/share/common-licenses";
        if (!Directory.Exists(Tree))
            Assert.Skip($"there is no {Tree}");
        ChildProcess run = await RunAsync(Tree, "--check");
        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"^([1-9]\d*) of \1 digests equal sha256sum's\n$", run.Output);
    }

    [Theory]
    [InlineData("--workers takes a number from 1 to 10000, not 0", "--workers", "0")]
    [InlineData("--workers takes a number from 1 to 10000, not nothing", "--workers")]
    [InlineData("unknown option --bogus", "--bogus")]
    [InlineData("no such directory: /no/such/place", "/no/such/place")]
    [InlineData("one directory at a time: / or /tmp?", "/", "/tmp")]
    public async Task Run_BadCommandLine_SaysWhyInOneLine(string message, params string[] arguments)
    {
        ChildProcess run = await RunAsync(arguments);
        Assert.Equal((2, "", $"HashTree: {message}\n"), (run.ExitCode, run.Output, run.Error));
    }

    private static Task<ChildProcess> RunAsync(params string[] arguments) => ChildProcess.RunProgramAsync("HashTree.dll", arguments);
}
