namespace Weft.Tests.Docs;

/// <summary>What the shorter examples take for granted: names that they use and do not declare.</summary>
public static class Surroundings
{
    public static readonly Chan<int> numbers = new();
    public static readonly Chan<int> doubled = new();
    public static readonly Chan<string> words = new();
    public static readonly Task stopping = Task.CompletedTask;
    public static readonly string[] urls = [];
    public static readonly CancellationToken cancellationToken;
    public const int megabytes = 512;
    public static readonly GoLock _lock = new();
    public static readonly RWLock _rwLock = new();
    public static readonly GoSemaphore _semaphore = new(4);
    public static readonly Cond _notEmpty = new(_lock);
    public static readonly Queue<int> _queue = new();
    public static readonly Dictionary<string, string> _cache = [];

    public static int _balance { get; set; }

    public static Store _store { get; } = new();

    public static void UseThreadLocalLibrary()
    {
    }

    public static void Compute()
    {
    }

    public static Task DownloadAsync(string url, CancellationToken token) => Task.Delay(url.Length, token);

    public static Task<int> FetchAsync(string url = "") => Task.FromResult(url.Length);

    public static Task<long> SizeAsync(string url, CancellationToken token) => Task.FromResult((long)url.Length).WaitAsync(token);

    public static Task ServeAsync(CancellationToken token) => Task.Delay(1, token);

    public static Task ReportAsync(CancellationToken token) => Task.Delay(1, token);

    public static Task SetUpAsync() => Task.CompletedTask;

    public static Task ConvertAsync(Image image) => Task.Delay(image.Megabytes);

    public static Task<Profile> FetchProfileAsync(string user) => Task.FromResult(new Profile(user));

    public sealed record Image(int Megabytes);

    public sealed record Profile(string User);

    public sealed class Store
    {
        private decimal _value;

        public Task<decimal> ReadAsync() => Task.FromResult(_value);

        public Task WriteAsync(decimal value)
        {
            _value = value;
            return Task.CompletedTask;
        }
    }
}
