using System.Net;
using System.Net.Sockets;

namespace Weft.Samples.Tour;

/// <summary>Plays a conversation with a <see cref="ChatServer"/>: all join, then all talk at once, and each notes what it hears.</summary>
internal static class ChatScript
{
    public static async Task<Outcome> TourAsync()
    {
        const int Clients = 20;
        const int Lines = 25;
        List<string>[] heard = await RunAsync(Clients, Lines);
        return new Outcome(
            $"{Clients} clients said {Clients * Lines:N0} lines and heard {heard.Sum(lines => lines.Count):N0}",
            HeardAll(heard, Lines));
    }

    /// <summary>What each client has heard.</summary>
    public static async Task<List<string>[]> RunAsync(int clients, int lines)
    {
        using var server = new ChatServer();
        List<string>[] heard = [];
        await GoroutineGroup.RunAsync(async group =>
        {
            group.Start(server.RunAsync);
            var joined = new WaitGroup();
            joined.Add(clients);
            heard = await GoroutineGroup.RunAllAsync(
                Enumerable.Range(0, clients),
                (client, token) => PlayAsync(server.EndPoint, client, (clients - 1) * lines, lines, joined, token),
                cancellationToken: group.Token);
            group.Cancel();
        });
        return heard;
    }

    /// <summary>Whether each heard all lines of all others, those of each in the order in which they were said.</summary>
    public static bool HeardAll(List<string>[] heard, int lines)
    {
        for (int listener = 0; listener < heard.Length; listener++)
        {
            int others = heard.Length - 1;
            if (heard[listener].Count != others * lines)
                return false;
            foreach (int speaker in Enumerable.Range(0, heard.Length).Where(client => client != listener))
            {
                string start = $"client {speaker}: ";
                IEnumerable<string> expected = Enumerable.Range(0, lines).Select(line => $"{start}line {line}");
                if (!heard[listener].Where(line => line.StartsWith(start, StringComparison.Ordinal)).SequenceEqual(expected))
                    return false;
            }
        }

        return true;
    }

    private static async Task<List<string>> PlayAsync(
        IPEndPoint server, int number, int expected, int lines, WaitGroup joined, CancellationToken token)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server, token);
        using var reader = new StreamReader(client.GetStream());
        await using var writer = new StreamWriter(client.GetStream()) { AutoFlush = true, NewLine = "\n" };
        await writer.WriteLineAsync($"client {number}");
        string? welcome = await reader.ReadLineAsync(token);
        if (welcome != $"* welcome, client {number}")
            throw new InvalidDataException($"The server should welcome client {number}, and said: {welcome ?? "nothing"}.");
        joined.Done();
        await joined.WaitAsync(token);

        var heard = new List<string>();
        await using var group = new GoroutineGroup(token);
        group.Start(async () =>
        {
            for (int line = 0; line < lines; line++)
                await writer.WriteLineAsync($"line {line}");
        });
        while (heard.Count < expected && await reader.ReadLineAsync(token) is string text)
            heard.Add(text);
        return heard;
    }
}
