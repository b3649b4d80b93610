using System.Text;
using Weft.Benchmarks.Requests;
using Weft.Tests.Support;

namespace Weft.Tests.Benchmarks;

[ReleaseIsEnough]
public sealed class HttpAnswerTests
{
    private const string WithLength = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: Kestrel\r\n\r\nslept";
    private const string Chunked =
        "HTTP/1.1 200 OK\r\nServer: Kestrel\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na0\n\r\n2\r\nb0\r\n0\r\n\r\n";
    private const string WithoutBody = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";

    [Theory]
    [InlineData(WithLength, 200)]
    [InlineData(Chunked, 200)]
    [InlineData(WithoutBody, 503)]
    public void TryRead_EachPart_IsWholeAtItsLastByteOnly(string answer, int expected)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(answer);
        for (int length = 0; length < bytes.Length; length++)
            Assert.False(HttpAnswer.TryRead(bytes.AsSpan(0, length), out _), answer[..length]);
        Assert.True(HttpAnswer.TryRead(bytes, out int status));
        Assert.Equal(expected, status);
    }

    [Fact]
    public void TryRead_SomethingElse_IsNoAnswer() => Assert.False(HttpAnswer.TryRead("SSH-2.0-OpenSSH\r\n\r\n"u8, out _));
}
