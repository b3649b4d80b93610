using Weft.Samples.Tour;
using Weft.Tests.Support;

namespace Weft.Tests.Samples;

/// <summary>The programs of samples/Tour at small sizes, against results found without goroutines.</summary>
public sealed class TourTests
{
    [Theory]
    [InlineData(2, new int[0])]
    [InlineData(3, new[] { 2 })]
    [InlineData(40, new[] { 2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37 })]
    public async Task PrimeSieve_ALimit_FindsThePrimesBelowIt(int limit, int[] primes) =>
        Assert.Equal(primes, await Go.Start(() => PrimeSieve.RunAsync(limit)).Within());

    [Fact]
    public async Task Pipeline_EnoughFound_AllStagesEnd()
    {
        (List<long> found, int ended) = await Go.Start(() => Pipeline.RunAsync(7)).Within();
        Assert.Equal([1, 4, 9, 121, 484, 676, 10201], found);
        Assert.Equal(3, ended);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1_000, 4)]
    [InlineData(10, 20)]
    public async Task Fan_SomeWorkers_EveryCubeArrivesOnce(int items, int workers)
    {
        long sum = Enumerable.Range(1, items).Sum(item => (long)item * item * item);
        Assert.Equal((sum, items), await Go.Start(() => Fan.RunAsync(items, workers)).Within());
    }

    [Fact]
    public async Task DirectoryPool_ATree_ReadsEveryByte()
    {
        DirectoryInfo root = Directory.CreateTempSubdirectory("weft-tour-");
        try
        {
            long bytes = 0;
            for (int i = 0; i < 50; i++)
            {
                string path = Path.Combine(root.FullName, $"{i % 3}", $"{i}");
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllBytes(path, new byte[i * 3_001]);
                bytes += i * 3_001;
            }

            Assert.Equal((50, bytes), await Go.Start(() => DirectoryPool.RunAsync(root.FullName, 4)).Within());
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task DirectoryPool_NoSuchDirectory_ThrowsAndLeavesNoWorker() =>
        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => Go.Start(() => DirectoryPool.RunAsync("/no/such/place", 4)).Within());

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1_000, 3, 3_000)]
    public async Task Ring_SomeLaps_EachGoroutineAddsOne(int size, int laps, long token) =>
        Assert.Equal(token, await Go.Start(() => Ring.RunAsync(size, laps)).Within());

    [Theory]
    [InlineData(1, 0)]
    [InlineData(10, 45)]
    [InlineData(10_000, 49_995_000)]
    public async Task Skynet_APowerOfTen_SumsTheLeaves(int leaves, long sum) =>
        Assert.Equal(sum, await Go.Start(() => Skynet.RunAsync(leaves)).Within());

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public async Task Skynet_NoPowerOfTen_SaysSo(int leaves)
    {
        ArgumentException e = await Assert.ThrowsAsync<ArgumentException>(() => Go.Start(() => Skynet.RunAsync(leaves)).Within());
        Assert.Contains($"power of 10, and {leaves} is not", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 200)]
    [InlineData(5, 200)]
    public async Task Philosophers_AllHungry_AllEatAndNoForkIsShared(int seats, int meals)
    {
        (int[] eaten, int quarrels) = await Go.Start(() => Philosophers.RunAsync(seats, meals)).Within();
        Assert.Equal(Enumerable.Repeat(meals, seats), eaten);
        Assert.Equal(0, quarrels);
    }

    [Fact]
    public async Task RateLimiter_MoreThanTheBurst_KeepsTheRate()
    {
        var period = TimeSpan.FromMilliseconds(2);
        List<TimeSpan> served = await Go.Start(() => RateLimiter.RunAsync(12, 4, period)).Within();
        Assert.Equal(12, served.Count);
        Assert.True(RateLimiter.KeepsTheRate(served, 4, period), string.Join(", ", served));
    }

    [Fact]
    public void RateLimiter_ServedTooSoon_IsNoticed()
    {
        List<TimeSpan> atOnce = [.. Enumerable.Repeat(TimeSpan.Zero, 6)];
        Assert.True(RateLimiter.KeepsTheRate(atOnce, 5, TimeSpan.FromMilliseconds(1)));
        Assert.False(RateLimiter.KeepsTheRate(atOnce, 4, TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public async Task Chat_SomeClients_EachHearsAllOthersInOrder()
    {
        List<string>[] heard = await Go.Start(() => ChatScript.RunAsync(5, 10)).Within();
        Assert.All(heard, lines => Assert.Equal(40, lines.Count));
        Assert.True(ChatScript.HeardAll(heard, 10));
        (heard[2][0], heard[2][^1]) = (heard[2][^1], heard[2][0]);
        Assert.False(ChatScript.HeardAll(heard, 10));
    }

    [Fact]
    public async Task Guide_NoNames_ListsAndRunsAll()
    {
        (int code, string output, string error) = await RunGuideAsync();
        Assert.Equal((1, ""), (code, error));
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["good          is right", "bad           is wrong"], lines[..2]);
        Assert.StartsWith("good          did it: ok (", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guide_AWrongResult_ExitsWith1()
    {
        (int code, string output, _) = await RunGuideAsync("bad", "good");
        Assert.Equal(1, code);
        Assert.Contains("did not: WRONG (", output, StringComparison.Ordinal);
        Assert.Contains("did it: ok (", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guide_UnknownName_SaysWhichThereAre() =>
        Assert.Equal((2, "", "Tour: no program is called ugly; there are good, bad\n"), await RunGuideAsync("good", "ugly"));

    private static async Task<(int Code, string Output, string Error)> RunGuideAsync(params string[] names)
    {
        Stop[] stops =
        [
            new("good", "is right", () => Task.FromResult(new Outcome("did it", Right: true))),
            new("bad", "is wrong", () => Task.FromResult(new Outcome("did not", Right: false))),
        ];
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int code = await Guide.RunAsync(stops, names, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
