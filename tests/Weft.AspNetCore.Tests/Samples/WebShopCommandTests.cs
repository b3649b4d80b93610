namespace Weft.AspNetCore.Tests.Samples;

public sealed class WebShopCommandTests
{
    private const int BadUsage = 2;

    [Theory]
    [InlineData("unknown option -x", "-x")]
    [InlineData("--mode takes pool, guard, goroutines, not threads", "--mode", "threads")]
    [InlineData("--mode takes pool, guard, goroutines, not nothing", "--mode")]
    [InlineData("--database takes sqlite or postgres, not mysql", "--database", "mysql")]
    [InlineData("--latency takes a number from 0 to 10000, not -1", "--latency", "-1")]
    [InlineData("--port takes a number from 0 to 65533, not 65534", "--port", "65534")]
    [InlineData("--connection is for --database postgres", "--connection", "Host=x")]
    [InlineData("--connection takes a connection string, not nothing", "--database", "postgres", "--connection")]
    [InlineData("load takes a URL, a kind and a number of clients", "load", "http://127.0.0.1:1")]
    [InlineData("load takes a URL that begins with http://, not x", "load", "x", "products", "1")]
    [InlineData("a load has 1 to 5000 clients, not many", "load", "http://127.0.0.1:1", "products", "many")]
    public async Task Run_BadCommandLine_SaysWhyInOneLine(string message, params string[] arguments) =>
        Assert.Equal((BadUsage, "", $"WebShop: {message}\n"), await ShopProcess.RunToEndAsync(arguments));

    [Fact]
    public async Task Run_ConnectionThatIsNone_SaysSo()
    {
        (int code, _, string errors) = await ShopProcess.RunToEndAsync("--database", "postgres", "--connection", "nonsense");
        Assert.Equal(1, code);
        Assert.StartsWith("WebShop: --connection takes a connection string of Npgsql: ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PortThatIsTaken_SaysSo()
    {
        await using ShopProcess shop = await ShopProcess.StartAsync();
        (int code, _, string errors) = await ShopProcess.RunToEndAsync("--port", $"{shop.Http.BaseAddress!.Port}");
        Assert.Equal(1, code);
        Assert.Contains("WebShop: Failed to bind to address", errors, StringComparison.Ordinal);
    }
}
