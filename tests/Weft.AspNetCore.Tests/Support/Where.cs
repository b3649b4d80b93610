namespace Weft.AspNetCore.Tests.Support;

/// <summary>Where code runs, as a text that an endpoint can answer with.</summary>
internal static class Where
{
    public const string Pool = "pool";

    /// <summary><c>pool</c>, or <c>goroutine</c> with its labels.</summary>
    public static string Here() => Go.Current is Goroutine goroutine
        ? string.Join(' ', goroutine.Labels.Select(static label => $"{label.Key}={label.Value}").Prepend("goroutine"))
        : Thread.CurrentThread.IsThreadPoolThread ? Pool : "another thread";

    public static string Goroutine(string route) => $"goroutine route={route}";
}
