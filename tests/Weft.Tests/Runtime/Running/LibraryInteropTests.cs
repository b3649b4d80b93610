using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Weft.Tests.Support;

namespace Weft.Tests.Runtime.Running;

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

    [Fact]
    public async Task SemaphoreSlim_WaitInAGoroutine_GivesItsProcessorUp()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        using var semaphore = new SemaphoreSlim(0);
        Goroutine<bool>[] waiting = scheduler.StartMany(5, _ => semaphore.Wait());
        await scheduler.StartChecked(() => { semaphore.Release(5); }).Within();
        await waiting.Within();
        Assert.Equal(0, semaphore.CurrentCount);
    }

    [Fact]
    public async Task Channel_Rendezvous_HandsOverBetweenGoroutines()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 1);
        Channel<int> channel = Channel.CreateBounded<int>(0);
        Goroutine<bool> writer = scheduler.StartChecked(async () =>
        {
            for (int i = 0; i < 1_000; i++)
                await channel.Writer.WriteAsync(i);
            channel.Writer.Complete();
        });
        await scheduler.StartChecked(async () =>
        {
            int expected = 0;
            while (await channel.Reader.WaitToReadAsync())
            {
                while (channel.Reader.TryRead(out int item))
                    Assert.Equal(expected++, item);
                Assert.True(TaskList.IsCurrentOf(scheduler));
            }

            Assert.Equal(1_000, expected);
        }).Within();
        await writer.Within();
    }

    [Fact]
    public async Task PeriodicTimer_DisposedByAnotherGoroutine_Ends()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        var ticked = new TaskCompletionSource();
        Goroutine<bool> ticking = scheduler.StartChecked(async () =>
        {
            while (await timer.WaitForNextTickAsync())
                ticked.TrySetResult();
        });
        await ticked.Task.Within(scheduler);
        await scheduler.StartChecked(timer.Dispose).Within();
        await ticking.Within();
    }

    [Fact]
    public async Task CancellationToken_LinkedAndRegistered_IsSeenByEveryGoroutine()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        using var outer = new CancellationTokenSource();
        using var inner = CancellationTokenSource.CreateLinkedTokenSource(outer.Token);
        int called = 0;
        Goroutine<bool>[] waiting = scheduler.StartMany(10, async _ =>
        {
            Goroutine? self = Go.Current;
            inner.Token.Register(() => Interlocked.Increment(ref called));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Delay(Timeout.Infinite, inner.Token));
            Assert.Same(self, Go.Current);
        });
        await Limits.Until(() => waiting.All(goroutine => goroutine.Status == GoroutineStatus.Parked), "all wait", scheduler);
        await scheduler.StartChecked(outer.Cancel).Within();
        await waiting.Within();
        Assert.True(inner.IsCancellationRequested);
        Assert.Equal(10, called);
    }

    [Fact]
    public async Task TimeProvider_OneOfATestsOwn_DrivesDelaysAndTimeouts()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        var time = new ManualTime();
        Goroutine<bool> goroutine = scheduler.StartChecked(async () =>
        {
            Goroutine? self = Go.Current;
            DateTimeOffset start = time.GetUtcNow();
            await Task.Delay(TimeSpan.FromHours(1), time);
            Assert.Equal(TimeSpan.FromHours(1), time.GetUtcNow() - start);
            await Assert.ThrowsAsync<TimeoutException>(() => new TaskCompletionSource().Task.WaitAsync(TimeSpan.FromHours(1), time));
            Assert.Same(self, Go.Current);
        });
        for (int hour = 0; hour < 2; hour++)
        {
            await Limits.Until(() => time.Timers == hour + 1, "the timer is set", scheduler);
            time.Advance(TimeSpan.FromHours(1));
        }

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

    /// <summary>Time that passes only when it is told to; each timer fires once.</summary>
    private sealed class ManualTime : TimeProvider
    {
        private readonly Lock _lock = new();
        private readonly List<ManualTimer> _timers = [];
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

        /// <summary>How many were set so far.</summary>
        public int Timers
        {
            get
            {
                lock (_lock)
                    return _timers.Count;
            }
        }

        public override DateTimeOffset GetUtcNow()
        {
            lock (_lock)
                return _now;
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            lock (_lock)
            {
                var timer = new ManualTimer(callback, state, _now + dueTime);
                _timers.Add(timer);
                return timer;
            }
        }

        public void Advance(TimeSpan by)
        {
            ManualTimer[] due;
            lock (_lock)
            {
                _now += by;
                due = [.. _timers.Where(timer => timer.Due <= _now)];
            }

            Array.ForEach(due, timer => timer.Fire());
        }
    }

    private sealed class ManualTimer(TimerCallback callback, object? state, DateTimeOffset due) : ITimer
    {
        private int _done;

        public DateTimeOffset Due { get; } = due;

        public void Fire()
        {
            if (Interlocked.Exchange(ref _done, 1) == 0)
                callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose() => Interlocked.Exchange(ref _done, 1);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
