using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Weft.Samples.Tour;

/// <summary>
/// A chat server. The first line a client sends is its name; every other goes to all others. One goroutine, the hub, owns the list of
/// members, so nothing has to be locked: the rest sends to its channels.
/// </summary>
internal sealed class ChatServer : IDisposable
{
    // Lines that may wait for a client that reads slowly. One that falls further behind is dropped: it must not hold up the others.
    private const int OutboxLines = 1024;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Chan<Member> _joining = new();
    private readonly Chan<Member> _leaving = new();
    private readonly Chan<(Member From, string Text)> _lines = new();

    public ChatServer() => _listener.Start();

    /// <summary>Where it listens: a port of the system's choice.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    public void Dispose() => _listener.Dispose();

    /// <summary>Serves until it is cancelled; then nothing of it is left.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Task RunAsync(CancellationToken cancellationToken) => GoroutineGroup.RunAsync(async group =>
    {
        group.Start(HubAsync);
        while (true)
        {
            TcpClient client = await _listener.AcceptTcpClientAsync(group.Token);
            group.Start(token => ServeAsync(client, token));
        }
    }, cancellationToken: cancellationToken);

    private async Task HubAsync(CancellationToken token)
    {
        var members = new HashSet<Member>();
        var select = new Select();
        ReceiveCase<Member> joined = select.Receive(_joining);
        ReceiveCase<Member> left = select.Receive(_leaving);
        ReceiveCase<(Member From, string Text)> line = select.Receive(_lines);
        while (true)
        {
            SelectCase winner = await select.WaitAsync(token);
            if (winner == joined)
            {
                members.Add(joined.Value);
                joined.Value.Outbox.TrySend($"* welcome, {joined.Value.Name}");
            }
            else if (winner == left)
            {
                if (members.Remove(left.Value))
                    left.Value.Outbox.Close();
            }
            else
            {
                foreach (Member member in members)
                {
                    if (member != line.Value.From && !member.Outbox.TrySend($"{line.Value.From.Name}: {line.Value.Text}"))
                    {
                        members.Remove(member);
                        member.Outbox.Close();
                    }
                }
            }
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken token)
    {
        using (client)
        {
            try
            {
                using var reader = new StreamReader(client.GetStream());
                if (await reader.ReadLineAsync(token) is string name)
                    await ServeAsync(client, reader, new Member(name, new Chan<string>(OutboxLines)), token);
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // The client is gone. The others stay.
            }
        }
    }

    private async Task ServeAsync(TcpClient client, StreamReader reader, Member member, CancellationToken token)
    {
        await using var group = new GoroutineGroup(token);
        await _joining.SendAsync(member, token);
        group.Start(async cancelled =>
        {
            await using var writer = new StreamWriter(client.GetStream()) { AutoFlush = true, NewLine = "\n" };
            await foreach (string line in member.Outbox.WithCancellation(cancelled))
                await writer.WriteLineAsync(line.AsMemory(), cancelled);
            client.Client.Shutdown(SocketShutdown.Both); // ends the reader below, if the hub has dropped the member
        });
        try
        {
            while (await reader.ReadLineAsync(group.Token) is string text)
                await _lines.SendAsync((member, text), group.Token);
        }
        finally
        {
            await _leaving.SendAsync(member, token);
        }
    }

    private sealed record Member(string Name, Chan<string> Outbox)
    {
        public bool Equals(Member? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);
    }
}
