using System.Text.Json;

namespace Weft.AspNetCore.Tests.Samples;

/// <summary>Starvation of the WebShop begins and ends, seen as its page sees it.</summary>
public sealed class WebShopLoadTests
{
    // More than the threads that .NET's pool makes in a minute.
    private const int Clients = 200;

    [Theory]
    [InlineData("guard", "tasksleepwait")]
    [InlineData("goroutines", "tasksleepwait")]
    [InlineData("guard", "taskwait")]
    [InlineData("goroutines", "taskwait")]
    public async Task Switch_WhileThePoolStarves_EndsThat(string mode, string kind)
    {
        await using ShopProcess shop = await ShopProcess.StartAsync();
        await shop.StartLoadAsync(kind, Clients);
        await shop.SeeAsync(static snapshot => IsInPool(snapshot) && Number(snapshot, "poolQueue") > 0 && Answered(snapshot) == 0);

        await shop.SetModeAsync(mode);
        JsonElement ended = await shop.SeeAsync(
            snapshot => snapshot.GetProperty("mode").ValueEquals(mode) && Number(snapshot, "inside") >= Clients);
        if (mode == "goroutines")
            ended = await shop.SeeAsync(static snapshot => Number(snapshot, "goroutines") >= Clients);
        else
            Assert.True(Number(ended, "poolMinimum") > Environment.ProcessorCount, $"{ended}");
        JsonElement answered = await shop.SeeAsync(static snapshot => Answered(snapshot) > 0);
        Assert.Equal(0, answered.GetProperty("load").GetProperty("failed").GetInt64());

        await shop.StopLoadAsync();
        await shop.SeeAsync(static snapshot =>
            snapshot.GetProperty("load").ValueKind == JsonValueKind.Null && Number(snapshot, "inside") == 0);
    }

    [Fact]
    public async Task Switch_BackToThePool_HasItStarveAgain()
    {
        await using ShopProcess shop = await ShopProcess.StartAsync("--mode", "goroutines");
        await shop.StartLoadAsync("tasksleepwait", Clients);
        await shop.SeeAsync(static snapshot => Number(snapshot, "goroutines") >= Clients);

        await shop.SetModeAsync("pool");
        await shop.SeeAsync(static snapshot => IsInPool(snapshot) && Number(snapshot, "poolQueue") > 0 && Answered(snapshot) == 0);
    }

    [Fact]
    public async Task End_UnderLoad_LeavesNothing()
    {
        await using ShopProcess shop = await ShopProcess.StartAsync("--mode", "goroutines");
        await shop.StartLoadAsync("products", 10);
        await shop.SeeAsync(static snapshot => Answered(snapshot) > 0);
        Assert.Equal((0, ""), await shop.EndAsync());
    }

    private static bool IsInPool(JsonElement snapshot) => snapshot.GetProperty("mode").ValueEquals("pool");

    private static long Number(JsonElement snapshot, string name) => snapshot.GetProperty(name).GetInt64();

    /// <summary>Answers a second, as the clients see it; -1 before they have said anything.</summary>
    private static double Answered(JsonElement snapshot) =>
        snapshot.GetProperty("load") is { ValueKind: JsonValueKind.Object } load ? load.GetProperty("perSecond").GetDouble() : -1;
}
