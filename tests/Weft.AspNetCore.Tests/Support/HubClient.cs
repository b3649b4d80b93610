using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Weft.AspNetCore.Tests.Support;

/// <summary>A client of a hub, by SignalR's protocol in JSON over a WebSocket.</summary>
internal sealed class HubClient : IDisposable
{
    private const char End = '\x1e';

    private const int Invocation = 1;
    private const int Completion = 3;

    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _limit = new(TestApp.Limit);
    private readonly Queue<string> _messages = new();
    private readonly byte[] _buffer = new byte[1_000];
    private string _rest = "";

    private HubClient()
    {
    }

    public static async Task<HubClient> ConnectAsync(Uri address, string path)
    {
        var client = new HubClient();
        await client._socket.ConnectAsync(new Uri($"ws://{address.Authority}{path}"), client._limit.Token);
        await client.SendAsync("""{"protocol":"json","version":1}""");
        Assert.Equal("{}", await client.ReceiveAsync());
        return client;
    }

    /// <summary>Calls a method; what the hub answers.</summary>
    public async Task<JsonElement> InvokeAsync(string method, params object[] arguments)
    {
        await SendAsync(
            $$"""{"type":{{Invocation}},"invocationId":"1","target":"{{method}}","arguments":{{JsonSerializer.Serialize(arguments)}}}""");
        return await ReceiveAsync(static message => message.GetProperty("type").GetInt32() == Completion);
    }

    /// <summary>The arguments of the next call that the hub makes of a method of the client's; what comes before is lost.</summary>
    public async Task<JsonElement> ReceiveCallAsync(string method)
    {
        JsonElement call = await ReceiveAsync(message =>
            message.GetProperty("type").GetInt32() == Invocation && message.GetProperty("target").ValueEquals(method));
        return call.GetProperty("arguments");
    }

    public void Dispose()
    {
        _socket.Dispose();
        _limit.Dispose();
    }

    private async Task<JsonElement> ReceiveAsync(Func<JsonElement, bool> isIt)
    {
        while (true)
        {
            JsonElement message = JsonDocument.Parse(await ReceiveAsync()).RootElement;
            if (isIt(message))
                return message;
        }
    }

    private Task SendAsync(string message) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(message + End), WebSocketMessageType.Text, true, _limit.Token);

    private async Task<string> ReceiveAsync()
    {
        while (_messages.Count == 0)
        {
            WebSocketReceiveResult got = await _socket.ReceiveAsync(_buffer, _limit.Token);
            string[] parts = (_rest + Encoding.UTF8.GetString(_buffer, 0, got.Count)).Split(End);
            foreach (string message in parts[..^1])
                _messages.Enqueue(message);
            _rest = parts[^1];
        }

        return _messages.Dequeue();
    }
}
