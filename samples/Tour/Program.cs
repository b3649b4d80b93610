namespace Weft.Samples.Tour;

/// <summary>The classics of concurrent programming, each a short program that checks its own result.</summary>
internal static class Program
{
    private static int Main(string[] args) => Go.Run(() => Guide.RunAsync(Guide.Stops, args, Console.Out, Console.Error));
}
