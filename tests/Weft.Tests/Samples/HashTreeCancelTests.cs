using System.Diagnostics;
using System.Globalization;
using Weft.Samples.HashTree;
using Weft.Tests.Support;

namespace Weft.Tests.Samples;

/// <summary>Ends a run in the middle: the tree has small files, and one without content that would take an hour to read.</summary>
public sealed class HashTreeCancelTests : IDisposable
{
    private const long Endless = 1L << 42;

    private readonly string _root = Directory.CreateTempSubdirectory("weft-hashtree-").FullName;

    public HashTreeCancelTests()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("elsewhere a file without content may take up its room");
        for (int i = 0; i < 200; i++)
            File.WriteAllText(Path.Combine(_root, $"{i}"), "some text");
        using FileStream endless = File.Create(Path.Combine(_root, "endless"));
        endless.SetLength(Endless);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task HashAsync_CancelledAtAResult_ThrowsAndLeavesNothingBehind()
    {
        using TestScheduler watch = TestScheduler.Create(out Scheduler scheduler);
        using var cancel = new CancellationTokenSource();
        Goroutine<int> hashing = scheduler.Start(async () =>
        {
            int count = 0;
            await foreach (FileDigest digest in TreeHasher.HashAsync(_root, workers: 4, cancel.Token))
            {
                count++;
                await cancel.CancelAsync();
            }

            return count;
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(hashing.Within);

        Eventually.True(() => scheduler.Statistics.GoroutinesAlive == 0, "every goroutine of the pipeline has ended");
    }

    [Fact]
    public async Task HashAsync_CallerTakesNoMore_EndsAndLeavesNothingBehind()
    {
        using TestScheduler watch = TestScheduler.Create(out Scheduler scheduler);
        Goroutine<string> hashing = scheduler.Start(async () =>
        {
            await foreach (FileDigest digest in TreeHasher.HashAsync(_root, workers: 4, CancellationToken.None))
                return digest.Sha256;
            return "";
        });

        Assert.Equal(64, (await hashing.Within()).Length);
    }

    [Fact]
    public async Task Run_InterruptedWhileItPrints_SaysSoAndEndsAsAShellWouldSay()
    {
        // A test run that was started in the background ignores the signal, and what it starts would, too.
        var start = new ProcessStartInfo(
            "env",
            ["--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, "HashTree.dll"), _root, "--workers", "4"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limits.Hang);
        try
        {
            Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
            Assert.NotNull(await process.StandardOutput.ReadLineAsync(limit.Token));

            using Process kill = Process.Start("sh", ["-c", "kill -INT $0", process.Id.ToString(CultureInfo.InvariantCulture)]);
            await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);

            Assert.Equal((130, "HashTree: interrupted\n"), (process.ExitCode, await error));
        }
        finally
        {
            process.Kill();
        }
    }
}
