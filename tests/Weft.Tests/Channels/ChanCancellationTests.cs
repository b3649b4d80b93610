using Weft.Channels;
using Weft.Tests.Support;
using Weft.Waiting;

namespace Weft.Tests.Channels;

/// <summary>
/// A cancellation races the operation's counterpart: one of them wins, and the other leaves no trace. A million rounds over all, in
/// Release.
/// </summary>
/// <remarks>
/// The rounds come in batches, so that both sides work through many races without meeting in between. Half of a batch's operations have a
/// counterpart; the cancellations come from the same end, from the other, and mixed.
/// </remarks>
public sealed class ChanCancellationTests
{
    private const int Batch = 100;
#if DEBUG
    private const int Batches = 200;
#else
    private const int Batches = 2_000;
#endif

    /// <summary>
    /// How many times as many batches are raced at most, when none of those meant was contested; the slowest takes seconds for them.
    /// </summary>
    private const int MostTimesOver = 20;

    /// <summary>How an operation is begun and awaited.</summary>
    public enum Form
    {
        /// <summary>Begun and awaited by one goroutine.</summary>
        InOneGoroutine,

        /// <summary>Each in a goroutine of its own.</summary>
        InManyGoroutines,

        /// <summary>By a thread that runs no goroutine.</summary>
        Outside,
    }

    [Theory]
    [InlineData(Form.InOneGoroutine, 0)]
    [InlineData(Form.InOneGoroutine, 3)]
    public async Task ReceiveAsync_CancellationRacesSends_EachValueIsReceivedOnce(Form form, int capacity) =>
        await RaceAsync(form, capacity, capacity == 0 ? Batches : Batches * 3 / 4, isSend: false,
            static async (channel, _, token) => await channel.ReceiveAsync(token));

    [Fact]
    public async Task ReceiveOrClosedAsync_OutsideCancellationRacesSends_EachValueIsReceivedOnce() =>
        await RaceAsync(Form.Outside, 0, Batches / 2, isSend: false, static async (channel, _, token) =>
        {
            (int value, bool ok) = await channel.ReceiveOrClosedAsync(token);
            Assert.True(ok);
            return value;
        });

    [Theory]
    [InlineData(Form.InOneGoroutine, 0)]
    [InlineData(Form.InOneGoroutine, 3)]
    public async Task SendAsync_CancellationRacesReceives_EachValueIsReceivedOnce(Form form, int capacity) =>
        await RaceAsync(form, capacity, capacity == 0 ? Batches : Batches / 2, isSend: true, SendAsync);

    [Fact]
    public async Task SendAsync_OutsideCancellationRacesReceives_EachValueIsReceivedOnce() =>
        await RaceAsync(Form.Outside, 0, Batches / 2, isSend: true, SendAsync);

    [Fact]
    public async Task AwaitForeach_CancellationRacesSends_EachValueIsReceivedOnce() =>
        await RaceAsync(Form.InManyGoroutines, 0, Batches / 2, isSend: false, static async (channel, _, token) =>
        {
            await foreach (int value in channel.WithCancellation(token))
                return value;
            throw new InvalidOperationException("The channel is not closed.");
        });

    [Fact]
    public async Task Select_CancellationRacesSends_EachValueIsReceivedOnce() =>
        await RaceAsync(Form.InManyGoroutines, 0, Batches / 4, isSend: false, static async (channel, _, token) =>
        {
            var select = new Select();
            ReceiveCase<int> receive = select.Receive(channel);
            await select.WaitAsync(token);
            return receive.Value;
        });

    [Fact]
    public async Task ReceiveAsync_CancellationStillUnderWayWhenTheValueCame_DoesNotReachTheNextReceive()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            var channel = new Chan<int>();
            using var source = new CancellationTokenSource();
            ChanOperation<int> first = channel.ReceiveOrBegin(source.Token, out int _, out Outcome _)!;

            // Registered later, so it is called before: what cancels the receive is called next, and has to wait for the channel's lock.
            using var cancelling = new Gate();
            using CancellationTokenRegistration before = source.Token.Register(cancelling.Open);
            channel.Lock();
            Task cancel = Task.Run(source.Cancel);
            cancelling.Wait();
            Thread.Sleep(5); // so that it most likely has been called; the test holds either way
            Assert.Equal(Outcome.Done, channel.SendNow(1, out Waiter<int>? receiver));
            receiver!.Finish(Outcome.Done, null);
            Assert.Equal(1, await new ReceiveAwaitable<int>(first));
            var next = ChanOperation<int>.Begin(channel, Go.Current, isSend: false);
            channel.QueueOf(isSend: false).Add(next);
            channel.Unlock();
            await cancel;
            Assert.True(channel.TrySend(2), "The next receive was cancelled with a token that it was not given.");
            Assert.Equal(2, await new ReceiveAwaitable<int>(next));
        }).Within();
    }

    private static async Task<int> SendAsync(Chan<int> channel, int value, CancellationToken token)
    {
        await channel.SendAsync(value, token);
        return value;
    }

    private static async Task RaceAsync(
        Form form,
        int capacity,
        int batches,
        bool isSend,
        Func<Chan<int>, int, CancellationToken, Task<int>> operation)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs: 2);
        async Task AllAsync()
        {
            var race = new Race(new Chan<int>(capacity), isSend, operation);

            // Which side is ahead depends on the machine; so it goes on as long as one was done before the other had begun, each time.
            for (int batch = 0; batch < batches || (race.Contested == 0 && batch < batches * MostTimesOver); batch++)
                await race.RunAsync(batch, form == Form.InManyGoroutines ? scheduler : null);
            Assert.True(race.Contested > 0, "There was no race.");
        }

        if (form == Form.Outside)
            await Task.Run(AllAsync).Within(scheduler);
        else
            await scheduler.StartChecked(AllAsync).Within();
    }

    private sealed class Race(Chan<int> channel, bool isSend, Func<Chan<int>, int, CancellationToken, Task<int>> operation)
    {
        private readonly CancellationTokenSource[] _sources = new CancellationTokenSource[Batch];
        private readonly Task<int>[] _operations = new Task<int>[Batch];
        private readonly List<int> _sent = [];
        private readonly List<int> _received = [];
        private int _ready;
        private int _done;
        private int _cancelled;

        /// <summary>In how many batches some of those that had a counterpart met it, and some were cancelled before.</summary>
        public int Contested { get; private set; }

        public async Task RunAsync(int batch, Scheduler? scheduler)
        {
            for (int i = 0; i < Batch; i++)
            {
                (int value, CancellationToken token) = (i + 1, (_sources[i] = new CancellationTokenSource()).Token);
                _operations[i] = scheduler is null
                    ? operation(channel, value, token)
                    : scheduler.Start(() => operation(channel, value, token)).Task;
            }

            _ready = 0;
            Task cancelling = Task.Run(() => Cancel(batch));
            MeetTheOther();
            for (int i = 0; i < Batch / 2; i++)
            {
                Meet(i + 1);
                LetTheOtherOn(i);
            }

            (_done, _cancelled) = (0, 0);
            for (int i = 0; i < Batch; i++)
                await EndAsync(_operations[i], _sources[i]);
            await cancelling;
            Array.ForEach(_sources, source => source.Dispose());
            Assert.Equal(Batch, _done + _cancelled);
            if (_done - channel.Capacity is > 0 and < Batch / 2)
                Contested++;

            // What stayed in the buffer.
            while (channel.TryReceive(out int value))
                _received.Add(value);
            _sent.Sort();
            _received.Sort();
            Assert.Equal(_sent, _received);
            _sent.Clear();
            _received.Clear();
        }

        private void Cancel(int batch)
        {
            MeetTheOther();
            for (int i = 0; i < Batch; i++)
            {
                int index = (batch % 3) switch
                {
                    0 => i,
                    1 => Batch - 1 - i,
                    _ => (int)((uint)i * 37 % Batch), // 37 and 100 have no divisor in common
                };
                _sources[index].Cancel();
                LetTheOtherOn(i);
            }
        }

        /// <summary>Both go on at the same time, as far as there are CPUs; without a sleep, in which the other would be done.</summary>
        private void MeetTheOther()
        {
            for (Interlocked.Increment(ref _ready); Volatile.Read(ref _ready) < 2;)
                Thread.Yield();
        }

        /// <summary>For threads that share a CPU: so that neither is done before the other has begun.</summary>
        private static void LetTheOtherOn(int turn)
        {
            if (turn % 8 == 7)
                Thread.Yield();
        }

        private void Meet(int value)
        {
            if (!isSend && channel.TrySend(value))
                _sent.Add(value);
            else if (isSend && channel.TryReceive(out int received))
                _received.Add(received);
        }

        private async Task EndAsync(Task<int> ending, CancellationTokenSource source)
        {
            try
            {
                (isSend ? _sent : _received).Add(await ending);
                _done++;
            }
            catch (OperationCanceledException e)
            {
                Assert.Equal(source.Token, e.CancellationToken);
                _cancelled++;
            }

        }
    }
}
