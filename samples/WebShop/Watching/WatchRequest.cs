using System.Net.Sockets;
using System.Text;

namespace Weft.Samples.WebShop.Watching;

/// <summary>The head of a request to the page's server. A body is of no interest there.</summary>
internal sealed record WatchRequest(string Method, string[] Path, string? Host, string? Origin)
{
    // Browsers send a kilobyte or so.
    private const int MaxBytes = 16 * 1024;

    /// <summary>Reads it by calls that block; null if it is none, or too long.</summary>
    /// <exception cref="SocketException">The client is gone, or takes too long.</exception>
    public static WatchRequest? Read(Socket client)
    {
        byte[] buffer = new byte[MaxBytes];
        int length = 0;
        while (true)
        {
            int count = client.Receive(buffer, length, buffer.Length - length, SocketFlags.None);
            length += count;
            string text = Encoding.Latin1.GetString(buffer, 0, length);
            int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0)
                return Parse(text[..end].Split("\r\n"));
            if (count == 0 || length == buffer.Length)
                return null;
        }
    }

    /// <summary>Whether it comes from a page of this server, or from none; not from one of elsewhere, by a name that leads here.</summary>
    public bool IsOfOwnPage(int port) =>
        Host is not null
        && (Host == $"127.0.0.1:{port}" || Host == $"localhost:{port}")
        && (Origin is null || Origin == $"http://{Host}");

    private static WatchRequest? Parse(string[] lines)
    {
        if (lines[0].Split(' ') is not [string method, ['/', ..] target, ['H', 'T', 'T', 'P', '/', ..]])
            return null;
        return new WatchRequest(
            method,
            target.Split('/', StringSplitOptions.RemoveEmptyEntries),
            ValueOf("Host"),
            ValueOf("Origin"));

        string? ValueOf(string header) => lines
            .Skip(1)
            .FirstOrDefault(line => line.StartsWith($"{header}:", StringComparison.OrdinalIgnoreCase))?[(header.Length + 1)..].Trim();
    }
}
