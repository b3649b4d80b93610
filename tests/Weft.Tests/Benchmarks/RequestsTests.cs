using System.Net;
using System.Net.Sockets;
using Weft.Benchmarks.Requests;
using Weft.Tests.Support;

namespace Weft.Tests.Benchmarks;

/// <summary>The benchmarks' own clients, against a server that always says the same.</summary>
[ReleaseIsEnough]
public sealed class RequestsTests
{
    [Fact]
    public async Task Get_TwiceOverOneConnection_IsAnsweredTwice()
    {
        using CannedServer server = new();
        using HttpConnection connection = await HttpConnection.OpenAsync(server.Port, CancellationToken.None);
        Assert.True(await connection.GetAsync("/", CancellationToken.None).WaitAsync(Limits.Hang));
        Assert.True(await connection.GetAsync("/", CancellationToken.None).WaitAsync(Limits.Hang));
    }

    [Fact]
    public async Task Burst_AServerThatAnswers_LosesNothing()
    {
        using CannedServer server = new();
        Burst burst = await Burst.RunAsync(server.Port, "/", count: 20, Limits.Hang);
        Assert.Equal(0, burst.Lost);
    }

    [Fact]
    public async Task Burst_AServerThatIsGone_LosesEverything()
    {
        int port;
        using (CannedServer server = new())
            port = server.Port;
        Burst burst = await Burst.RunAsync(port, "/", count: 20, Limits.Hang);
        Assert.Equal(20, burst.Lost);
    }

    [Fact]
    public async Task Burst_AServerThatNeverAnswers_TakesTheLimit()
    {
        // The system accepts the connections, and nobody reads from them.
        using TcpListener mute = new(IPAddress.Loopback, 0);
        mute.Start();
        TimeSpan limit = TimeSpan.FromMilliseconds(50);
        Burst burst = await Burst.RunAsync(((IPEndPoint)mute.LocalEndpoint).Port, "/", count: 3, limit);
        Assert.Equal((limit.TotalMilliseconds, 3), (burst.ElapsedMs, burst.Lost));
    }

    [Fact]
    public void ClosedLoop_AServerThatAnswers_CountsItsAnswersAndNoErrors()
    {
        using CannedServer server = new();
        LoadResult result = ClosedLoop.Run(server.Port, "/", connections: 2, TimeSpan.FromMilliseconds(200));
        Assert.NotEqual(0, result.Requests);
        Assert.Equal(0, result.Errors);
    }

    [Fact]
    public void Bystander_AServerThatAnswers_AsksAtItsPaceAndIsServed()
    {
        using CannedServer server = new();
        using Bystander bystander = new(server.Port, "/");
        Assert.Equal(20, bystander.Ask(TimeSpan.FromMilliseconds(100)).Length);
        Assert.Equal(0, bystander.Unserved);
    }
}
