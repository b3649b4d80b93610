using System.Text.Json;
using System.Text.RegularExpressions;
using Weft.Tests.Docs;
using Weft.Tests.Support;

namespace Weft.Tests.Benchmarks;

/// <summary>scripts/update-readme-figures, which writes the README's table from a run's JSON.</summary>
[ReleaseIsEnough]
public sealed partial class ReadmeFiguresTests : IDisposable
{
    private const string Before = "before\n<!-- figures -->\nold\n\n- A goroutine that waits, after\n";

    private static readonly string s_script = Path.Combine(Repository.Root, "scripts", "update-readme-figures");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weft-figures-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Update_FiveSamples_ShowsTheMedianOfTheRatiosOfTheRoundsAndTheRange()
    {
        // The medians are 20 and 50, whose ratio is 0.40. The ratios of the rounds are 0.50, 0.50, 0.40, 0.50 and 0.20.
        (ChildProcess run, string readme) = await UpdateAsync([10, 20, 20, 30, 10], [20, 40, 50, 60, 50]);
        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Contains("| start and end of a goroutine, one processor | 20.0 ns (10.0..30.0) | 50.0 (0.50 x, 0.20..0.50) |", readme);
        Assert.StartsWith("before\n<!-- figures -->\nMeasured on 2001-02-03 with 2 cores", readme);
        Assert.EndsWith("|\n\n- A goroutine that waits, after\n", readme);
    }

    [Fact]
    public async Task Update_ACellWithFewerSamples_NamesItAndLeavesTheReadme()
    {
        (ChildProcess run, string readme) = await UpdateAsync([10, 20, 20, 30, 10], [40, null, 40, 50, 50]);
        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("\n  spawn on 1, go: 4\n", run.Error);
        Assert.DoesNotContain("weft", run.Error.Split('\n', 2)[1]);
        Assert.Equal(Before, readme);
    }

    private async Task<(ChildProcess Run, string Readme)> UpdateAsync(double?[] weft, double?[] peer)
    {
        Assert.SkipWhen(Repository.Documents.Length == 0, "The tests run on a machine without their source.");
        Assert.SkipWhen(await ChildProcess.WhyNotAsync(["python3", "--version"]) is not null, "There is no python3.");
        string results = Path.Combine(_folder.FullName, "2001-02-03.json"), readme = Path.Combine(_folder.FullName, "README.md");
        object document = new
        {
            machine = new { cores = 2, cpu = "CPU", os = "system", dotnet = ".NET", go = "go version go1.2 here" },
            rounds = weft.Length,
            rows = File.ReadLines(s_script).Select(line => Row().Match(line)).Where(match => match.Success).Select(match => new
            {
                name = match.Groups[1].Value,
                procs = int.Parse(match.Groups[2].Value),
                targets = Array.Empty<object>(),
                samples = new { weft, go = peer },
            }),
            failures = Array.Empty<object>(),
        };
        await File.WriteAllTextAsync(results, JsonSerializer.Serialize(document));
        await File.WriteAllTextAsync(readme, Before);
        ChildProcess run = await ChildProcess.RunCommandAsync(["python3", s_script, results, readme], []);
        return (run, await File.ReadAllTextAsync(readme));
    }

    [GeneratedRegex("""^    \(".+", "([a-z0-9/-]+)", (\d+), """)]
    private static partial Regex Row();
}
