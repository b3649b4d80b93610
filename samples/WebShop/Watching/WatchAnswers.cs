using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Weft.Samples.WebShop.Load;
using Weft.Samples.WebShop.Modes;

namespace Weft.Samples.WebShop.Watching;

/// <summary>What the page's server answers, by calls that block.</summary>
internal sealed class WatchAnswers(Sampler sampler, ModeSwitch modes, LoadProcess load)
{
    private const string Text = "text/plain";
    private const string Json = "application/json";

    private static readonly byte[] s_page = ReadPage();

    /// <summary>Where the load goes.</summary>
    public Uri? Shop { get; set; }

    /// <exception cref="SocketException">The client is gone.</exception>
    public void Answer(WatchRequest request, int port, Socket client)
    {
        if (!request.IsOfOwnPage(port))
        {
            Send(client, "403 Forbidden", Text, "This server answers its own page alone.");
            return;
        }

        string error;
        switch (request.Method, request.Path)
        {
            case ("GET", []):
                Send(client, "200 OK", "text/html; charset=utf-8", s_page);
                return;
            case ("GET", ["events"]):
                SendEvents(client);
                return;
            case ("GET", ["state"]):
                if (sampler.WaitForNext(after: 0) is { } now)
                    Send(client, "200 OK", Json, JsonSerializer.Serialize(now, JsonSerializerOptions.Web));
                return;
            case ("POST", ["mode", string name]):
                error = TrySetMode(name);
                break;
            case ("POST", ["load", string kind, string clients]):
                error = TryStartLoad(kind, clients);
                break;
            case ("DELETE", ["load"]):
                load.Stop();
                error = "";
                break;
            default:
                Send(client, "404 Not Found", Text, "There is no such thing here.");
                return;
        }

        Send(client, error.Length == 0 ? "200 OK" : "400 Bad Request", Text, error);
    }

    /// <summary>Has those end that are sent what happens.</summary>
    public void End() => sampler.Dispose();

    private string TrySetMode(string name)
    {
        if (!ModeNames.TryParse(name, out Mode mode))
            return $"a mode is one of {ModeNames.All}, not {name}";
        modes.Current = mode;
        return "";
    }

    private string TryStartLoad(string kind, string clients)
    {
        if (LoadOptions.Parse(Shop!, kind, clients, out string error) is { } options)
            load.Start(options);
        return error;
    }

    /// <summary>Sends each snapshot, as a server-sent event, until the client is gone or the shop ends.</summary>
    private void SendEvents(Socket client)
    {
        SendAll(client, Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"));
        for (long number = 0; sampler.WaitForNext(number) is { } snapshot; number = snapshot.Number)
            SendAll(client, Encoding.UTF8.GetBytes($"data: {JsonSerializer.Serialize(snapshot, JsonSerializerOptions.Web)}\n\n"));
    }

    private static void Send(Socket client, string status, string type, string body) =>
        Send(client, status, type, Encoding.UTF8.GetBytes(body));

    private static void Send(Socket client, string status, string type, byte[] body)
    {
        string head = $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
        SendAll(client, [.. Encoding.ASCII.GetBytes(head), .. body]);
    }

    private static void SendAll(Socket client, byte[] bytes)
    {
        for (int sent = 0; sent < bytes.Length;)
            sent += client.Send(bytes, sent, bytes.Length - sent, SocketFlags.None);
    }

    private static byte[] ReadPage()
    {
        using Stream page = typeof(WatchAnswers).Assembly.GetManifestResourceStream("page.html")!;
        using var copy = new MemoryStream();
        page.CopyTo(copy);
        return copy.ToArray();
    }
}
