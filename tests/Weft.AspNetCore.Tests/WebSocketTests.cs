using System.Net.WebSockets;
using System.Text;

namespace Weft.AspNetCore.Tests;

public sealed class WebSocketTests
{
    [Fact]
    public async Task WebSocket_OfAnEndpointThatBlocks_Echoes()
    {
        await using TestApp app = await TestApp.StartAsync(static app =>
        {
            app.UseWebSockets();
            app.UseWeft();
            app.MapGet("/ws", static async (HttpContext context) =>
            {
                using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
                byte[] buffer = new byte[100];
                while (true)
                {
                    WebSocketReceiveResult got = socket.ReceiveAsync(buffer, CancellationToken.None).Result; // blocks
                    if (got.MessageType == WebSocketMessageType.Close)
                        break;
                    string answer = $"{Encoding.UTF8.GetString(buffer, 0, got.Count)} in {Where.Here()}";
                    await socket.SendAsync(Encoding.UTF8.GetBytes(answer), WebSocketMessageType.Text, true, CancellationToken.None);
                }

                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            }).RunAsGoroutine();
        });
        using var client = new ClientWebSocket();
        using var limit = new CancellationTokenSource(TestApp.Limit);
        await client.ConnectAsync(new Uri($"ws://{app.Address.Authority}/ws"), limit.Token);
        for (int i = 0; i < 3; i++)
        {
            await client.SendAsync(Encoding.UTF8.GetBytes($"{i}"), WebSocketMessageType.Text, true, limit.Token);
            byte[] buffer = new byte[100];
            WebSocketReceiveResult got = await client.ReceiveAsync(buffer, limit.Token);
            Assert.Equal($"{i} in {Where.Goroutine("/ws")}", Encoding.UTF8.GetString(buffer, 0, got.Count));
        }

        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
    }
}
