using System.Net;
using System.Net.Sockets;

namespace Weft.Samples.WebShop.Watching;

/// <summary>
/// Serves the page, what it shows, and what its buttons do. A server of its own, as the page must be there while the pool starves, which
/// Kestrel is not: each connection is a goroutine with blocking calls, on a scheduler beside the host's.
/// </summary>
internal sealed class WatchServer(WatchAnswers answers) : IDisposable
{
    // A browser sends a request at once, and takes an answer that fits into the system's buffers.
    private const int TimeoutMs = 5_000;

    private readonly Scheduler _scheduler = new(new SchedulerOptions { Name = "watch" });
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private volatile bool _hasEnded;

    public string Address => $"http://127.0.0.1:{Port}/";

    private int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <param name="port">0 for a free one.</param>
    /// <param name="shop">Where the load goes.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public void Start(int port, Uri shop)
    {
        answers.Shop = shop;
        try
        {
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
            _listener.Listen();
        }
        catch (SocketException e)
        {
            throw new IOException($"The page cannot be served on port {port}: {e.Message}. Choose others with --port.", e);
        }

        _scheduler.Start(Accept);
    }

    public void Dispose()
    {
        _hasEnded = true;
        answers.End();
        _listener.Dispose();
        _scheduler.Dispose();
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                Socket client = _listener.Accept();
                _scheduler.Start(Serve, client);
            }
        }
        catch (Exception e) when (_hasEnded && e is SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }

    private void Serve(Socket client)
    {
        using (client)
        {
            client.NoDelay = true;
            client.ReceiveTimeout = TimeoutMs;
            client.SendTimeout = TimeoutMs;
            try
            {
                if (WatchRequest.Read(client) is { } request)
                    answers.Answer(request, Port, client);
            }
            catch (SocketException)
            {
                // It is gone.
            }
        }
    }
}
