using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;

namespace Weft.AspNetCore.Tests.Samples;

/// <summary>Calls of a shop that are more than a line, with what must be answered.</summary>
internal static class ShopCalls
{
    private const int GrpcOk = 0;
    private const int DeliveredOfEach = 1_000_000;

    // Tag, then the number: field 1, a varint.
    private const byte FieldOne = 0x08;

    /// <summary>Asks for everything that the shop has, once.</summary>
    public static async Task AskForAllAsync(ShopProcess shop)
    {
        foreach ((string path, string expected) in (IEnumerable<(string, string)>)
            [
                ("products/3", """{"id":3,"name":"reed","priceCents":750}"""),
                ("prices/2", "6.50"),
                ("ping", "pong"),
                ("api/diagscenario/taskwait", "success:taskwait"),
                ("api/diagscenario/tasksleepwait", "success:tasksleepwait"),
                ("api/diagscenario/taskasyncwait", "success:taskasyncwait"),
            ])
            Assert.Equal(expected, await shop.Http.GetStringAsync(path));
        Assert.Equal(8, JsonDocument.Parse(await shop.Http.GetStringAsync("products")).RootElement.GetArrayLength());
        using HttpResponseMessage none = await shop.Http.GetAsync("products/9");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        await OrderAsync(shop);
        await UploadAsync(shop);
        (int status, int left) = await CountAsync(shop, productId: 7);
        Assert.Equal((GrpcOk, DeliveredOfEach), (status, left));
    }

    /// <summary>Places an order over HTTP and one over the hub; a client of the hub is told of both.</summary>
    public static async Task OrderAsync(ShopProcess shop)
    {
        using HubClient hub = await HubClient.ConnectAsync(shop.Http.BaseAddress!, "/hubs/orders");
        using HttpResponseMessage placed = await shop.Http.PostAsJsonAsync("orders", new { productId = 2, quantity = 3 });
        Assert.Equal(HttpStatusCode.Created, placed.StatusCode);
        string order = await placed.Content.ReadAsStringAsync();
        Assert.Equal(order, (await hub.ReceiveCallAsync("ordered"))[0].GetRawText());
        Assert.Equal(order, await shop.Http.GetStringAsync(placed.Headers.Location));
        Assert.Contains(order, await shop.Http.GetStringAsync("orders"), StringComparison.Ordinal);

        JsonElement answer = await hub.InvokeAsync("Place", 1, 2);
        int id = answer.GetProperty("result").GetInt32();
        Assert.Equal($$"""{"id":{{id}},"productId":1,"quantity":2}""", await shop.Http.GetStringAsync($"orders/{id}"));
    }

    /// <summary>How many of a product are left, by gRPC; its messages are made by hand.</summary>
    public static async Task<(int Status, int Left)> CountAsync(ShopProcess shop, byte productId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "webshop.Stock/Count")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([0, 0, 0, 0, 2, FieldOne, productId]),
        };
        request.Content.Headers.ContentType = new("application/grpc");
        request.Headers.TE.Add(new("trailers"));
        using HttpResponseMessage response = await shop.Grpc.SendAsync(request);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        int status = int.Parse(
            (response.TrailingHeaders.TryGetValues("grpc-status", out IEnumerable<string>? values)
                ? values
                : response.Headers.GetValues("grpc-status")).Single(),
            null);
        if (body.Length == 0)
            return (status, 0);
        Assert.Equal(body.Length - 5, BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(1)));
        Assert.Equal(FieldOne, body[5]);
        int left = 0;
        for (int i = 6; i < body.Length; i++)
            left |= (body[i] & 0x7f) << (7 * (i - 6));
        return (status, left);
    }

    private static async Task UploadAsync(ShopProcess shop)
    {
        byte[] content = new byte[300_000];
        new Random(5).NextBytes(content);
        using HttpResponseMessage answer = await shop.Http.PostAsync("upload", new ByteArrayContent(content));
        Assert.Equal(
            $$"""{"length":300000,"sha256":"{{Convert.ToHexStringLower(SHA256.HashData(content))}}"}""",
            await answer.Content.ReadAsStringAsync());
    }
}
