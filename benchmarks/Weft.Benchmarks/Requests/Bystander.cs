using System.Collections.Concurrent;
using System.Net.Sockets;
using Weft.Benchmarks.Measure;

namespace Weft.Benchmarks.Requests;

/// <summary>
/// A client that asks for something small at a steady pace, whether it has its earlier answers or not: each time over a connection that no
/// request waits on.
/// </summary>
internal sealed class Bystander : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(5);

    // What has no answer by then counts with the time that it has waited.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    // As many as wait at once while a server answers within 150 ms. More are opened when it does not.
    private const int Connections = 30;

    private readonly int _port;
    private readonly string _path;
    private readonly ConcurrentStack<HttpConnection> _free = [];
    private readonly CancellationTokenSource _end = new();
    private int _unserved;

    /// <summary>Opens connections and uses each once, so that neither the server's code nor the client's is cold.</summary>
    public Bystander(int port, string path)
    {
        (_port, _path) = (port, path);
        Task.WaitAll(Enumerable.Range(0, Connections).Select(_ => AskAsync()));
        _unserved = 0;
    }

    /// <summary>Requests without a successful answer.</summary>
    public int Unserved => _unserved;

    /// <summary>
    /// Asks for as long as that, then waits for the last answers, and returns the time that each took, in ms. It blocks the calling thread,
    /// which does nothing but keep the pace.
    /// </summary>
    public double[] Ask(TimeSpan length)
    {
        List<Task<double>> asked = [];
        long start = Clock.Now, interval = Clock.Ticks(s_interval);
        for (long due = start; due - start < Clock.Ticks(length); due += interval)
        {
            while (Clock.Now < due)
                Thread.Sleep(1);
            asked.Add(AskAsync());
        }

        _end.CancelAfter(s_patience);
        return Task.WhenAll(asked).Result;
    }

    public void Dispose()
    {
        while (_free.TryPop(out HttpConnection? connection))
            connection.Dispose();
        _end.Dispose();
    }

    private async Task<double> AskAsync()
    {
        long start = Clock.Now;
        HttpConnection? connection = null;
        try
        {
            if (!_free.TryPop(out connection))
                connection = await HttpConnection.OpenAsync(_port, _end.Token);
            if (!await connection.GetAsync(_path, _end.Token))
                Interlocked.Increment(ref _unserved);
            double took = Clock.MillisecondsSince(start);
            _free.Push(connection);
            return took;
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            connection?.Dispose();
            Interlocked.Increment(ref _unserved);
            return Clock.MillisecondsSince(start);
        }
    }
}
