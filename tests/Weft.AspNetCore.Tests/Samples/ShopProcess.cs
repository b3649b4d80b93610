using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Weft.Tests.Docs;

namespace Weft.AspNetCore.Tests.Samples;

/// <summary>The WebShop, in a process of its own: the tests' pool must not starve with its.</summary>
internal sealed class ShopProcess : IAsyncDisposable
{
    // The tests lie in bin/CONFIGURATION/net10.0, too.
    private static readonly string s_configuration = Directory.GetParent(AppContext.BaseDirectory)!.Parent!.Name;

    private static readonly string s_program = Path.Combine(
        Repository.Root, "samples", "WebShop", "bin", s_configuration, "net10.0", "WebShop.dll");

    private readonly Process _process;
    private readonly Task<string> _errors;

    private ShopProcess(Process process, Task<string> errors)
    {
        _process = process;
        _errors = errors;
    }

    public HttpClient Http { get; private set; } = new();

    public HttpClient Grpc { get; private set; } = new();

    /// <summary>The page's server, which answers while the pool starves.</summary>
    public HttpClient Page { get; private set; } = new();

    /// <summary>Starts it on free ports, with few milliseconds for a query.</summary>
    public static async Task<ShopProcess> StartAsync(params string[] arguments)
    {
        Process process = Run(["--port", "0", "--latency", "5", "--while-input", .. arguments]);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        var shop = new ShopProcess(process, errors);
        shop.Http = await shop.ReadAddressAsync("shop ", HttpVersion.Version11);
        shop.Grpc = await shop.ReadAddressAsync("grpc ", HttpVersion.Version20);
        shop.Page = await shop.ReadAddressAsync("page ", HttpVersion.Version11);
        return shop;
    }

    /// <summary>Runs it until it ends.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunToEndAsync(params string[] arguments)
    {
        using Process process = Run(arguments);
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync().WaitAsync(TestApp.Limit);
        await process.WaitForExitAsync().WaitAsync(TestApp.Limit);
        return (process.ExitCode, output, await errors);
    }

    public async Task SetModeAsync(string mode)
    {
        using HttpResponseMessage answer = await Page.PostAsync($"mode/{mode}", null).WaitAsync(TestApp.Limit);
        answer.EnsureSuccessStatusCode();
    }

    public async Task StartLoadAsync(string kind, int clients)
    {
        using HttpResponseMessage answer = await Page.PostAsync($"load/{kind}/{clients}", null).WaitAsync(TestApp.Limit);
        answer.EnsureSuccessStatusCode();
    }

    public async Task StopLoadAsync()
    {
        using HttpResponseMessage answer = await Page.DeleteAsync("load").WaitAsync(TestApp.Limit);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Watches, as the page does, until it sees something.</summary>
    public async Task<JsonElement> SeeAsync(Func<JsonElement, bool> isIt)
    {
        const string Data = "data: ";
        using var limit = new CancellationTokenSource(TestApp.Limit);
        using var events = new StreamReader(await Page.GetStreamAsync("events", limit.Token));
        string last = "nothing";
        try
        {
            while (await events.ReadLineAsync(limit.Token) is { } line)
            {
                if (!line.StartsWith(Data, StringComparison.Ordinal))
                    continue;
                last = line[Data.Length..];
                JsonElement snapshot = JsonDocument.Parse(last).RootElement;
                if (isIt(snapshot))
                    return snapshot;
            }
        }
        catch (OperationCanceledException)
        {
            // Said below.
        }

        string said = _errors.IsCompleted ? await _errors : "";
        throw new InvalidOperationException($"Not seen within the limit; last seen: {last}. It said: {said}");
    }

    /// <summary>Has it end as its parent's end does; what it then says.</summary>
    public async Task<(int ExitCode, string Errors)> EndAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WaitAsync(TestApp.Limit);
        return (_process.ExitCode, await _errors);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Grpc.Dispose();
        Page.Dispose();
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync().WaitAsync(TestApp.Limit);
        }

        _process.Dispose();
    }

    private static Process Run(string[] arguments)
    {
        if (!File.Exists(s_program))
            Assert.Skip($"there is no {s_program}: the tests run away from their source");
        return Process.Start(new ProcessStartInfo("dotnet", [s_program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    private async Task<HttpClient> ReadAddressAsync(string label, Version version)
    {
        string? line = await _process.StandardOutput.ReadLineAsync().WaitAsync(TestApp.Limit);
        if (line is null || !line.StartsWith(label, StringComparison.Ordinal))
            throw new InvalidOperationException($"The shop did not start: {line} {await _errors.WaitAsync(TestApp.Limit)}");
        return new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(line[label.Length..]),
            DefaultRequestVersion = version,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = TestApp.Limit,
        };
    }
}
