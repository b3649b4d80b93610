using System.Data.Common;
using Weft.Samples.WebShop.Data;
using Weft.Samples.WebShop.Load;

namespace Weft.Samples.WebShop;

/// <summary>A small shop whose code blocks, as that of many services does, and a page to see what becomes of it.</summary>
internal static class Program
{
    private const int Failed = 1;
    private const int BadUsage = 2;

    private static async Task<int> Main(string[] args)
    {
        if (args is ["load", .. string[] loadArgs])
            return await RunLoadAsync(loadArgs);
        if (Options.Parse(args, out string error) is not { } options)
            return Complain(error, BadUsage);
        if (options.Help)
        {
            Console.WriteLine(Options.Usage);
            return 0;
        }

        try
        {
            using ShopDatabase database = ShopDatabase.Open(options);
            await using Shop shop = await Shop.StartAsync(options, database);
            Console.WriteLine($"shop {shop.Address}");
            Console.WriteLine($"grpc {shop.GrpcAddress}");
            Console.WriteLine($"page {shop.PageAddress}");
            Console.WriteLine($"{database.Name}, {options.Latency.TotalMilliseconds} ms a query; Ctrl+C ends it");
            if (options.WhileInput)
                ParentWatch.Start(shop.Stop);
            await shop.WaitAsync();
            return 0;
        }
        catch (Exception e) when (e is IOException or DbException or InvalidOperationException)
        {
            return Complain(e.Message, Failed);
        }
    }

    private static async Task<int> RunLoadAsync(string[] args)
    {
        if (LoadOptions.Parse(args, out string error) is not { } options)
            return Complain(error, BadUsage);
        using var ends = new CancellationTokenSource();
        ParentWatch.Start(ends.Cancel);
        await new LoadGenerator(options).RunAsync(Console.Out, ends.Token);
        return 0;
    }

    private static int Complain(string error, int code)
    {
        Console.Error.WriteLine($"WebShop: {error}");
        return code;
    }
}
