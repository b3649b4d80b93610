using System.Net;
using System.Text.Json;

namespace Weft.AspNetCore.Tests.Samples;

public sealed class WebShopTests(ShopFixture fixture) : IClassFixture<ShopFixture>
{
    private const int GrpcNotFound = 5;

    private readonly ShopProcess _shop = fixture.Shop;

    [Theory]
    [InlineData("pool")]
    [InlineData("guard")]
    [InlineData("goroutines")]
    public async Task EachEndpoint_InEachMode_Answers(string mode)
    {
        await _shop.SetModeAsync(mode);
        await _shop.SeeAsync(snapshot => snapshot.GetProperty("mode").ValueEquals(mode));
        await ShopCalls.AskForAllAsync(_shop);
    }

    [Theory]
    [InlineData(99, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 1001)]
    public async Task Order_OfWhatThereIsNot_IsABadRequest(int productId, int quantity)
    {
        using HttpResponseMessage answer = await _shop.Http.PostAsJsonAsync("orders", new { productId, quantity });
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Hub_OrderOfWhatThereIsNot_AnswersWithAnError()
    {
        using HubClient hub = await HubClient.ConnectAsync(_shop.Http.BaseAddress!, "/hubs/orders");
        JsonElement answer = await hub.InvokeAsync("Place", 99, 1);
        Assert.Contains("no way to order 1 of product 99", answer.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hub_Say_IsHeardByOthers()
    {
        using HubClient one = await HubClient.ConnectAsync(_shop.Http.BaseAddress!, "/hubs/orders");
        using HubClient other = await HubClient.ConnectAsync(_shop.Http.BaseAddress!, "/hubs/orders");
        await one.InvokeAsync("Say", "weaver", "hello");
        Assert.Equal("""["weaver","hello"]""", (await other.ReceiveCallAsync("said")).GetRawText());
    }

    [Fact]
    public async Task Grpc_ProductThatThereIsNot_IsNotFound() =>
        Assert.Equal((GrpcNotFound, 0), await ShopCalls.CountAsync(_shop, productId: 99));

    [Theory]
    [InlineData("dotnet_thread_pool_thread_count")]
    [InlineData("http_server_request_duration_seconds_count")]
    [InlineData("kestrel_active_connections")]
    public async Task Metrics_ScrapedAfterARequest_HaveIt(string metric)
    {
        await _shop.Http.GetStringAsync("ping");
        using var limit = new CancellationTokenSource(TestApp.Limit);

        // The exporter gives the same answer again for a while.
        while (!(await _shop.Http.GetStringAsync("metrics", limit.Token)).Contains($"\n{metric}", StringComparison.Ordinal))
            await Task.Delay(20, limit.Token);
    }

    [Fact]
    public async Task Root_LeadsToThePage()
    {
        using HttpResponseMessage answer = await _shop.Http.GetAsync("");
        Assert.Equal((HttpStatusCode.Redirect, _shop.Page.BaseAddress), (answer.StatusCode, answer.Headers.Location));
        Assert.Contains("<h1>WebShop</h1>", await _shop.Page.GetStringAsync(""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "mode/thread", HttpStatusCode.BadRequest, "a mode is one of pool, guard, goroutines, not thread")]
    [InlineData("POST", "load/products/0", HttpStatusCode.BadRequest, "a load has 1 to 5000 clients, not 0")]
    [InlineData("POST", "load/nothing/1", HttpStatusCode.BadRequest, "not nothing")]
    [InlineData("GET", "mode/guard", HttpStatusCode.NotFound, "no such thing")]
    [InlineData("GET", "nothing", HttpStatusCode.NotFound, "no such thing")]
    public async Task Page_AskedForNonsense_SaysSo(string method, string path, HttpStatusCode status, string message)
    {
        using HttpResponseMessage answer = await _shop.Page.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(message, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Origin", "http://elsewhere.example")]
    [InlineData("Host", "elsewhere.example")]
    public async Task Page_AskedByAPageOfElsewhere_Refuses(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "mode/pool");
        request.Headers.Add(header, value);
        using HttpResponseMessage answer = await _shop.Page.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }
}
