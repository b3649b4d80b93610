using System.Diagnostics;
using System.Security.Cryptography;
using Npgsql;

namespace Weft.Benchmarks.Web;

/// <summary>What the server answers.</summary>
internal static class Endpoints
{
    // A query of a database on another machine.
    private static readonly TimeSpan s_block = TimeSpan.FromMilliseconds(50);

    // Long enough for a server to be told to stop meanwhile.
    private static readonly TimeSpan s_longBlock = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_flowBlock = TimeSpan.FromMilliseconds(100);
    private const int Flows = 10;

    // More threads than the pool makes in a quarter of an hour.
    private const int Starving = 2_000;

    // The least that Thread.Sleep sleeps: a lock that is held over a system call.
    private static readonly TimeSpan s_heldAsleep = TimeSpan.FromMilliseconds(1);

    // A lock that is held over a computation, long enough that those who want it stop spinning.
    private static readonly TimeSpan s_heldSpinning = TimeSpan.FromMicroseconds(100);

    private static readonly string? s_database = Environment.GetEnvironmentVariable("WEFT_BENCHMARK_DATABASE");

    private static readonly Lock s_lock = new();

    // About 5 ms of SHA-256 with the CPU's instructions for it, which do 1.5 to 2 GB/s.
    private static readonly byte[] s_text = new byte[1 << 20];
    private const int Hashes = 8;

    public static void Map(WebApplication app)
    {
        app.MapGet("/plaintext", static () => "Hello, World!");
        app.MapGet("/json", static () => new Message("Hello, World!"));
        app.MapGet("/sleep", static () => Sleep(s_block));
        app.MapGet("/sleep-long", static () => Sleep(s_longBlock));
        app.MapGet("/result", static () => DelayAsync(s_block).Result);
        app.MapGet("/postgres", static () => Query(s_block));
        app.MapGet("/run-wait", static () =>
        {
            Task.Run(static () => Thread.Sleep(s_block)).Wait();
            return "waited";
        });
        app.MapGet("/lock-sleep", static () => Locked(static () => Thread.Sleep(s_heldAsleep)));
        app.MapGet("/lock-spin", static () => Locked(static () => Spin(s_heldSpinning)));
        app.MapGet("/cpu", Hash);
        app.MapGet("/flows", FlowAsync);
        app.MapGet("/starved", StarveAsync);
        app.MapGet("/threads", ProcessState.Read);
    }

    private static string Sleep(TimeSpan length)
    {
        Thread.Sleep(length);
        return "slept";
    }

    // As most code asks a database: a connection out of the driver's pool, which has 100 unless told otherwise.
    private static string Query(TimeSpan length)
    {
        using var connection = new NpgsqlConnection(s_database);
        connection.Open();
        using var command = new NpgsqlCommand("select pg_sleep($1)", connection) { Parameters = { new() { Value = length.TotalSeconds } } };
        command.ExecuteNonQuery();
        return "asked";
    }

    private static async Task<string> DelayAsync(TimeSpan length)
    {
        await Task.Delay(length);
        return "delayed";
    }

    private static string Locked(Action body)
    {
        lock (s_lock)
            body();
        return "held";
    }

    private static void Spin(TimeSpan length)
    {
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < length;)
        {
        }
    }

    private static string Hash()
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        for (int i = 0; i < Hashes; i++)
            SHA256.HashData(s_text, digest);
        return Convert.ToHexString(digest);
    }

    private static async Task<string> FlowAsync()
    {
        await Task.WhenAll(Enumerable.Range(0, Flows).Select(static async _ =>
        {
            await Task.Yield();
            Thread.Sleep(s_flowBlock);
        }));
        return "flown";
    }

    // All that wait are in the pool's queue before what they wait for, which the waiters cannot run themselves.
    private static async Task<string> StarveAsync()
    {
        TaskCompletionSource[] behind = [.. Enumerable.Range(0, Starving).Select(static _ => new TaskCompletionSource())];
        var inOrder = new TaskFactory(TaskCreationOptions.PreferFairness, TaskContinuationOptions.None);
        Task[] waiting = [.. behind.Select(it => inOrder.StartNew(it.Task.Wait))];
        foreach (TaskCompletionSource it in behind)
            ThreadPool.UnsafeQueueUserWorkItem(static it => it.SetResult(), it, preferLocal: false);
        await Task.WhenAll(waiting);
        return "fed";
    }

    private sealed record Message(string Text);
}
