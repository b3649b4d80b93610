using System.Net;
using System.Net.Sockets;

namespace Weft.Benchmarks.Requests;

/// <summary>
/// A server in this process that says the same to every request: it makes the client's code warm before a cold server is asked.
/// </summary>
internal sealed class CannedServer : IDisposable
{
    private static readonly byte[] s_answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public CannedServer()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private static async Task AnswerAsync(Socket socket)
    {
        using Socket owned = socket;
        byte[] request = new byte[256];
        try
        {
            while (await socket.ReceiveAsync(request) > 0)
                await socket.SendAsync(s_answer);
        }
        catch (SocketException)
        {
            // The client is gone.
        }
    }
}
