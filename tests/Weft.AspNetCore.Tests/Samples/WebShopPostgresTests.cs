using System.Diagnostics;
using System.Net.Sockets;
using Weft.Tests.Docs;

namespace Weft.AspNetCore.Tests.Samples;

/// <summary>The WebShop with PostgreSQL, where there is one.</summary>
public sealed class WebShopPostgresTests
{
    private const string PortLabel = "Port=";

    private static readonly string s_script = Path.Combine(Repository.Root, "samples", "WebShop", "postgres");

    [Fact]
    public async Task EachEndpoint_WithPostgres_AnswersInEachMode()
    {
        SkipWithoutPostgres();
        await using ShopProcess shop = await ShopProcess.StartAsync("--database", "postgres");
        foreach (string mode in (IEnumerable<string>)["pool", "guard", "goroutines"])
        {
            await shop.SetModeAsync(mode);
            await ShopCalls.AskForAllAsync(shop);
        }

        Assert.Equal((0, ""), await shop.EndAsync());
    }

    [Fact]
    public async Task Script_WhoseInputEnds_LeavesNothing()
    {
        SkipWithoutPostgres();
        string temporary = Directory.CreateTempSubdirectory("weft-postgres-").FullName;
        try
        {
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(temporary, (UnixFileMode)0b111_101_101); // it runs as another user
            using Process script = Start(temporary);
            string connection = (await script.StandardOutput.ReadLineAsync().WaitAsync(TestApp.Limit))!;
            string text = connection.Split(';').Single(static part => part.StartsWith(PortLabel, StringComparison.Ordinal));
            int port = int.Parse(text[PortLabel.Length..], null);
            using (var client = new TcpClient())
                await client.ConnectAsync("127.0.0.1", port);

            script.StandardInput.Close();
            await script.WaitForExitAsync().WaitAsync(TestApp.Limit);
            Assert.Equal(0, script.ExitCode);
            Assert.Empty(Directory.EnumerateFileSystemEntries(temporary));
            using var late = new TcpClient();
            await Assert.ThrowsAnyAsync<SocketException>(() => late.ConnectAsync("127.0.0.1", port));
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    private static Process Start(string temporary)
    {
        var start = new ProcessStartInfo("bash", [s_script]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["TMPDIR"] = temporary;
        return Process.Start(start)!;
    }

    private static void SkipWithoutPostgres()
    {
        bool isThere = Directory.Exists("/usr/lib/postgresql")
            && Directory.EnumerateDirectories("/usr/lib/postgresql").Any(static version => File.Exists($"{version}/bin/initdb"));
        Assert.SkipUnless(isThere, "there is no PostgreSQL in /usr/lib/postgresql; apt-get install postgresql");
    }
}
