using System.Buffers.Text;
using System.Text;

namespace Weft.Benchmarks.Requests;

/// <summary>As much of HTTP/1.1 as it takes to know where the answer of a server that we know ends.</summary>
internal static class HttpAnswer
{
    /// <summary>Whether what was received is a whole answer, and its status code.</summary>
    public static bool TryRead(ReadOnlySpan<byte> received, out int status)
    {
        status = 0;
        int head = received.IndexOf("\r\n\r\n"u8);
        if (head < 0 || !received.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(received["HTTP/1.1 ".Length..], out status, out _))
            return false;
        string headers = Encoding.ASCII.GetString(received[..head]);
        ReadOnlySpan<byte> body = received[(head + "\r\n\r\n".Length)..];

        // Nothing follows before the next request, so the last chunk is at the end.
        if (headers.Contains("\r\nTransfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
            return body.EndsWith("0\r\n\r\n"u8) && (body.Length == 5 || body[..^5].EndsWith("\r\n"u8));
        const string Length = "\r\nContent-Length: ";
        int at = headers.IndexOf(Length, StringComparison.OrdinalIgnoreCase);
        return at < 0 || (Utf8Parser.TryParse(received[(at + Length.Length)..], out int length, out _) && body.Length >= length);
    }
}
