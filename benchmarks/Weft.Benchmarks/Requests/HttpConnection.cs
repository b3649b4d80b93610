using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Weft.Benchmarks.Requests;

/// <summary>A connection that is kept, with one request at a time. It costs little beside the server that is measured.</summary>
internal sealed class HttpConnection : IDisposable
{
    // The answers of the server that is measured have a quarter of this at most.
    private const int LongestAnswer = 2048;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[LongestAnswer];

    private HttpConnection()
    {
    }

    public static async Task<HttpConnection> OpenAsync(int port, CancellationToken token)
    {
        HttpConnection connection = new();
        try
        {
            await connection._socket.ConnectAsync(IPAddress.Loopback, port, token);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Sends a request, and returns whether the answer is a success.</summary>
    /// <exception cref="IOException">The server closed the connection before its answer was whole, or the answer is too long.</exception>
    public async Task<bool> GetAsync(string path, CancellationToken token)
    {
        await _socket.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"), token);
        int length = 0;
        while (length < _buffer.Length)
        {
            int read = await _socket.ReceiveAsync(_buffer.AsMemory(length), token);
            if (read == 0)
                throw new IOException("The server closed the connection before its answer was whole.");
            length += read;
            if (HttpAnswer.TryRead(_buffer.AsSpan(0, length), out int status))
                return status is >= 200 and < 300;
        }

        throw new IOException($"The server's answer is longer than {LongestAnswer} bytes.");
    }

    public void Dispose() => _socket.Dispose();
}
