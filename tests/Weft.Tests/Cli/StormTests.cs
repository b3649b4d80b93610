using System.Text.Json;
using Weft.Tests.Support;

namespace Weft.Tests.Cli;

[Collection(StormCollection.Name)]
public sealed class StormTests(StormRuns runs)
{
    [Theory]
    [InlineData("sleep", "monitor")]
    [InlineData("lock", "wait")]
    [InlineData("read", "monitor")]
    public async Task Storm_EachKind_HandsOnLosesNothingAndComesBackToTheFloor(string kind, string cause)
    {
        JsonElement storm = await runs.JsonOf(kind);

        Assert.Equal(kind, storm.GetProperty("kind").GetString());
        Assert.Equal(50, storm.GetProperty("goroutines").GetInt32());
        Assert.Equal(2, storm.GetProperty("rounds_ms").GetArrayLength());
        Assert.Empty(storm.GetProperty("lost").EnumerateArray());
        AssertAtFloor(storm);
        Assert.True(storm.GetProperty("elapsed_ms").GetDouble() >= 50);

        // Nobody declares that it blocks, so without this the others would wait, and yet nothing would be lost.
        Assert.True(storm.GetProperty("handoffs").GetProperty(cause).GetInt64() > 0, storm.GetRawText());
        Assert.Equal(0, storm.GetProperty("handoffs").GetProperty("explicit").GetInt64());

        // .NET itself may have started a thread or two, and ends its own when they have nothing to do.
        (int before, int after) =
            (storm.GetProperty("threads").GetProperty("before").GetInt32(), storm.GetProperty("threads").GetProperty("after").GetInt32());
        Assert.InRange(after, 1, before + 2);
    }

    [Fact]
    public async Task Storm_Json_HasEveryFigure()
    {
        JsonElement storm = await runs.JsonOf("json");

        foreach (string path in (string[])
            [
                "elapsed_ms", "bystander_ms.p50", "bystander_ms.p99", "threads.before", "threads.peak", "threads.after",
                "threads.settle_ms", "machines.peak", "machines.after", "created", "exited", "reaped", "handoffs.wait", "handoffs.monitor",
                "handoffs.explicit", "stack_bytes.peak", "stack_bytes.after", "rss_bytes.before", "rss_bytes.peak", "rss_bytes.after",
            ])
        {
            JsonElement at = storm;
            foreach (string name in path.Split('.'))
                at = at.GetProperty(name);
            Assert.True(at.ValueKind == JsonValueKind.Number, path);
        }

        Assert.Equal(JsonValueKind.Null, storm.GetProperty("threadpool").ValueKind);
        Assert.Equal((20, 20, 3), (Number("goroutines"), Number("block_ms"), Number("procs")));
        Assert.Equal(0, storm.GetProperty("stack_bytes").GetProperty("after").GetInt64());

        int Number(string name) => storm.GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task Storm_AgainstTheThreadPool_HasItsFiguresToo()
    {
        JsonElement storm = await runs.JsonOf("versus");

        JsonElement pool = storm.GetProperty("threadpool");
        AssertAtFloor(storm);
        Assert.Equal("threadpool", pool.GetProperty("engine").GetString());
        Assert.Equal(20, pool.GetProperty("goroutines").GetInt32());
        Assert.True(pool.GetProperty("elapsed_ms").GetDouble() >= 20);
        Assert.True(pool.GetProperty("bystander_ms").GetProperty("count").GetInt32() > 0);
        Assert.True(pool.GetProperty("bystander_ms").GetProperty("p99").GetDouble()
            >= pool.GetProperty("bystander_ms").GetProperty("p50").GetDouble());
        AssertPeaks(pool);
    }

    [Fact]
    public async Task Storm_AgainstTheThreadPool_GivesItTheSameThreads()
    {
        JsonElement storm = await runs.JsonOf("versus");

        JsonElement pool = storm.GetProperty("threadpool");
        foreach (JsonElement engine in (JsonElement[])[storm, pool])
            Assert.Equal((3, 12), (engine.GetProperty("procs").GetInt32(), engine.GetProperty("max_threads").GetInt32()));
        Assert.InRange(pool.GetProperty("machines").GetProperty("peak").GetInt32(), 3, 12);
        foreach (string unknown in (string[])["created", "exited", "reaped", "handoffs", "stack_bytes", "shortages"])
            Assert.Equal(JsonValueKind.Null, pool.GetProperty(unknown).ValueKind);
    }

    [Fact]
    public async Task Storm_MoreGoroutinesThanThreads_MeetsTheLimitAndLosesNothing()
    {
        JsonElement storm = await runs.JsonOf("few-threads");

        AssertAtFloor(storm);
        Assert.InRange(storm.GetProperty("machines").GetProperty("peak").GetInt32(), 1, 8);
        Assert.True(storm.GetProperty("shortages").GetInt64() > 0, storm.GetRawText());
    }

    [Fact]
    public async Task Storm_Piped_WritesPlainText()
    {
        ChildProcess weft = await runs.Of("text");

        Assert.Equal(0, weft.ExitCode);
        Assert.DoesNotContain('\e', weft.Output + weft.Error);
        Assert.Contains("Nothing was lost", weft.Output);
        Assert.All(weft.Output.Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public async Task Storm_NoTimeToSettle_SaysWhatIsLeftAndEndsWithOne()
    {
        ChildProcess weft = await WeftProgram.RunAsync("storm", "--goroutines", "20", "--block", "20ms", "--settle", "0s");

        Assert.Equal(1, weft.ExitCode);
        Assert.Contains("threads of the scheduler were left", weft.Error);
    }

    private static void AssertAtFloor(JsonElement storm)
    {
        long created = storm.GetProperty("created").GetInt64();
        Assert.True(created > 0);
        Assert.Equal(created, storm.GetProperty("exited").GetInt64());
        Assert.Equal(created, storm.GetProperty("reaped").GetInt64());
        Assert.Equal(0, storm.GetProperty("machines").GetProperty("after").GetInt32());
        Assert.Equal(JsonValueKind.Number, storm.GetProperty("threads").GetProperty("settle_ms").ValueKind);
        AssertPeaks(storm);
    }

    private static void AssertPeaks(JsonElement storm)
    {
        foreach (string figure in (string[])["threads", "rss_bytes"])
        {
            long peak = storm.GetProperty(figure).GetProperty("peak").GetInt64();
            Assert.InRange(storm.GetProperty(figure).GetProperty("before").GetInt64(), 1, peak);
            Assert.True(storm.GetProperty(figure).GetProperty("after").GetInt64() > 0);
        }

        (int machines, int threads) =
            (storm.GetProperty("machines").GetProperty("peak").GetInt32(), storm.GetProperty("threads").GetProperty("peak").GetInt32());
        Assert.InRange(machines, 1, threads);
    }
}
