using System.Text.Json;
using Microsoft.AspNetCore.SignalR;

namespace Weft.AspNetCore.Tests;

/// <summary>Hubs, by SignalR's protocol in JSON over a WebSocket.</summary>
public sealed class HubTests
{
    private const int Clients = 50;

    [Theory]
    [InlineData("here", "goroutine hub=PlacesHub.Here")]
    [InlineData("later", "goroutine hub=PlacesHub.Later")]
    [InlineData("exempt", Where.Pool)]
    [InlineData("connectedIn", "goroutine hub=PlacesHub")]
    public async Task RunAsGoroutines_OfHubs_RunsTheirMethods(string method, string expected)
    {
        await using TestApp app = await StartAsync();
        using HubClient client = await HubClient.ConnectAsync(app.Address, "/places");
        Assert.Equal(expected, (await client.InvokeAsync(method)).GetProperty("result").GetString());
    }

    [Theory]
    [InlineData("here", Where.Pool)]
    [InlineData("marked", "goroutine hub=ExemptHub.Marked")]
    public async Task Hub_ThatOptsOut_RunsOnThePool(string method, string expected)
    {
        await using TestApp app = await StartAsync();
        using HubClient client = await HubClient.ConnectAsync(app.Address, "/exempt");
        Assert.Equal(expected, (await client.InvokeAsync(method)).GetProperty("result").GetString());
    }

    [Fact]
    public async Task Method_ThatThrows_AnswersWithItsError()
    {
        await using TestApp app = await StartAsync();
        using HubClient client = await HubClient.ConnectAsync(app.Address, "/places");
        Assert.Contains("no such place", (await client.InvokeAsync("throw")).GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains("goroutine", (await client.InvokeAsync("here")).GetProperty("result").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Methods_ThatBlock_AreAllInsideAtOnce()
    {
        await using TestApp app = await StartAsync();
        HubClient[] clients = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => HubClient.ConnectAsync(app.Address, "/places")));
        JsonElement[] answers = await Task.WhenAll(clients.Select(static client => client.InvokeAsync("meet")));
        Assert.All(answers, static answer => Assert.True(answer.GetProperty("result").GetBoolean()));
        foreach (HubClient client in clients)
            client.Dispose();
    }

    private static Task<TestApp> StartAsync() => TestApp.StartAsync(
        static app =>
        {
            app.MapHub<PlacesHub>("/places");
            app.MapHub<ExemptHub>("/exempt");
        },
        static builder =>
        {
            builder.Services.AddSingleton(new Barrier(Clients));
            builder.Services.AddSignalR().RunAsGoroutines();
        });

    private sealed class PlacesHub(Barrier all) : Hub
    {
        public override Task OnConnectedAsync()
        {
            Context.Items["place"] = Where.Here();
            return base.OnConnectedAsync();
        }

        public string Here() => Where.Here();

        public async Task<string> Later()
        {
            await Task.Delay(1);
            Thread.Sleep(1);
            return Where.Here();
        }

        [RunOnThreadPool]
        public string Exempt() => Where.Here();

        public string? ConnectedIn() => (string?)Context.Items["place"];

        public bool Meet() => all.SignalAndWait(TestApp.Limit);

        public string Throw() => throw new HubException("no such place");
    }

    [RunOnThreadPool]
    private sealed class ExemptHub : Hub
    {
        public string Here() => Where.Here();

        [RunAsGoroutine]
        public string Marked() => Where.Here();
    }
}
