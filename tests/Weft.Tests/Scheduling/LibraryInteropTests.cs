using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Weft.Tests.Support;

namespace Weft.Tests.Scheduling;

/// <summary>What goroutines do with .NET's own asynchronous types: each await comes back to its goroutine.</summary>
public sealed class LibraryInteropTests
{
    [Fact]
    public async Task HttpClient_ServerAndClientsAreGoroutines_Works()
    {
        const int Clients = 20;
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(Clients);
        Goroutine<bool> server = scheduler.StartChecked(async () =>
        {
            var connections = new List<Goroutine<bool>>();
            for (int i = 0; i < Clients; i++)
            {
                TcpClient connection = await listener.AcceptTcpClientAsync();
                connections.Add(scheduler.StartChecked(() => ServeOnceAsync(scheduler, connection)));
            }

            foreach (Goroutine<bool> connection in connections)
                await connection;
        });

        using var client = new HttpClient();
        var address = new Uri($"http://{listener.LocalEndpoint}/");
        Goroutine<bool>[] clients = scheduler.StartMany(Clients, async _ =>
        {
            Goroutine? self = Go.Current;
            Assert.Equal("hello", await client.GetStringAsync(address));
            Assert.Same(self, Go.Current);
        });
        await clients.Within();
        await server.Within();
    }

    [Fact]
    public async Task SemaphoreSlim_WaitAsync_ExcludesAndComesBack()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 4);
        using var semaphore = new SemaphoreSlim(1);
        int total = 0;
        await scheduler.StartMany(50, async _ =>
        {
            for (int i = 0; i < 20; i++)
            {
                await semaphore.WaitAsync();
                int read = total;
                await Task.Yield();
                total = read + 1;
                Assert.True(TaskList.IsCurrentOf(scheduler));
                semaphore.Release();
            }
        }).Within();
        Assert.Equal(50 * 20, total);
    }

    [Fact]
    public async Task Channel_ProducersAndConsumers_EveryItemArrivesOnce()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 4);
        Channel<int> channel = Channel.CreateBounded<int>(8);
        Goroutine<bool>[] producers = scheduler.StartMany(4, async p =>
        {
            for (int i = 0; i < 1_000; i++)
                await channel.Writer.WriteAsync((p * 1_000) + i);
        });
        int[] seen = new int[4_000];
        Goroutine<bool>[] consumers = scheduler.StartMany(4, async _ =>
        {
            await foreach (int item in channel.Reader.ReadAllAsync())
                Interlocked.Increment(ref seen[item]);
        });
        await producers.Within();
        channel.Writer.Complete();
        await consumers.Within();
        Assert.All(seen, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task PeriodicTimer_InAGoroutine_Ticks()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
            for (int i = 0; i < 10; i++)
            {
                Assert.True(await timer.WaitForNextTickAsync());
                Assert.True(TaskList.IsCurrentOf(scheduler));
            }
        }).Within();
    }

    [Fact]
    public async Task CancellationToken_CancelledFromOutside_EndsTheWait()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        using var source = new CancellationTokenSource();
        var entered = new TaskCompletionSource();
        Goroutine<bool> goroutine = scheduler.StartChecked(async () =>
        {
            Task endless = Task.Delay(Timeout.Infinite, source.Token);
            entered.SetResult();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => endless);
            Assert.True(TaskList.IsCurrentOf(scheduler));
        });
        await entered.Task.Within(scheduler);
        await source.CancelAsync();
        await goroutine.Within();
    }

    private static async Task ServeOnceAsync(Scheduler scheduler, TcpClient connection)
    {
        using (connection)
        {
            NetworkStream stream = connection.GetStream();
            using var reader = new StreamReader(stream);
            while (!string.IsNullOrEmpty(await reader.ReadLineAsync()))
                Assert.True(TaskList.IsCurrentOf(scheduler));
            byte[] answer = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
            await stream.WriteAsync(answer);
        }
    }
}
