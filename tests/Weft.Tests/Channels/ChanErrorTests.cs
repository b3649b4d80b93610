using System.Threading.Channels;
using Weft.Tests.Support;

namespace Weft.Tests.Channels;

/// <summary>Misuse is answered with an exception that names the operation, in whatever form it is done.</summary>
public sealed class ChanErrorTests
{
    private const string Send = "send on closed channel";
    private const string Close = "close of closed channel";

    public static TheoryData<string, string> MisuseOfAClosedChannel() => new()
    {
        { "SendAsync", Send },
        { "SendAsync as a ValueTask", Send },
        { "SendAsync as a Task", Send },
        { "SendAsync with a token", Send },
        { "TrySend", Send },
        { "Send", Send },
        { "Select.WaitAsync", Send },
        { "Select.TryWait", Send },
        { "Select.RunAsync", Send },
        { "Close", Close },
    };

    [Theory]
    [MemberData(nameof(MisuseOfAClosedChannel))]
    public async Task Closed_UsedInAGoroutineAndOutside_ThrowsNamingTheOperation(string how, string message)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        foreach (int capacity in (int[])[0, 2])
        {
            var channel = new Chan<string>(capacity);
            channel.Close();
            await AssertThrowsAsync(channel, how, message);
            await scheduler.StartChecked(() => AssertThrowsAsync(channel, how, message)).Within();
        }
    }

    private static async Task AssertThrowsAsync(Chan<string> channel, string how, string message)
    {
        using var source = new CancellationTokenSource();
        var select = new Select();
        select.Send(channel, "x");
        ChannelClosedException thrown = await Assert.ThrowsAsync<ChannelClosedException>(async () =>
        {
            switch (how)
            {
                case "SendAsync":
                    await channel.SendAsync("x");
                    break;
                case "SendAsync as a ValueTask":
                    await (ValueTask)channel.SendAsync("x");
                    break;
                case "SendAsync as a Task":
                    await channel.SendAsync("x").AsTask();
                    break;
                case "SendAsync with a token":
                    await channel.SendAsync("x", source.Token);
                    break;
                case "TrySend":
                    channel.TrySend("x");
                    break;
                case "Send":
                    channel.Send("x", source.Token);
                    break;
                case "Select.WaitAsync":
                    await select.WaitAsync();
                    break;
                case "Select.TryWait":
                    select.TryWait();
                    break;
                case "Select.RunAsync":
                    await new Select().OnSend(channel, "x").OnDefault(() => { }).RunAsync();
                    break;
                default:
                    channel.Close();
                    break;
            }
        });
        Assert.Equal(message, thrown.Message);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void Chan_NegativeCapacity_ThrowsNamingItAndItsValue(int capacity)
    {
        var thrown = Assert.Throws<ArgumentOutOfRangeException>(nameof(capacity), () => new Chan<int>(capacity));
        Assert.Equal(capacity, thrown.ActualValue);
    }

    [Fact]
    public void On_NullHandler_ThrowsNamingIt()
    {
        var channel = new Chan<int>();
        Assert.Throws<ArgumentNullException>("then", () => new Select().OnReceive(channel, null!));
        Assert.Throws<ArgumentNullException>("then", () => new Select().OnReceiveOrClosed(channel, null!));
        Assert.Throws<ArgumentNullException>("then", () => new Select().OnDefault(null!));
    }

    [Fact]
    public void Start_NullBody_ThrowsNamingIt()
    {
        var group = new WaitGroup();
        Assert.Throws<ArgumentNullException>("body", () => group.Go((Action)null!));
        Assert.Throws<ArgumentNullException>("body", () => group.Go((Func<Task>)null!));
        Assert.Throws<ArgumentNullException>("body", () => Go.Start((Action)null!));
        Assert.Throws<ArgumentNullException>("body", () => Go.Start((Func<Task>)null!));
        Assert.Throws<ArgumentNullException>("main", () => Go.Run((Action)null!));
        Assert.Throws<ArgumentNullException>("main", () => Go.Run((Func<Task>)null!));
        Assert.Throws<ArgumentNullException>("call", () => Go.Blocking((Action)null!));
    }

    [Fact]
    public async Task Operations_WithACancelledToken_ThrowWithItAndDoNothing()
    {
        var cancelled = new CancellationToken(canceled: true);
        var full = new Chan<int>(1);
        Assert.True(full.TrySend(1));
        var empty = new Chan<int>(1);
        var select = new Select();
        select.Receive(full);
        Func<Task>[] operations =
        [
            async () => await empty.SendAsync(2, cancelled),
            async () => await full.ReceiveAsync(cancelled),
            async () => await full.ReceiveOrClosedAsync(cancelled),
            async () => await full.GetAsyncEnumerator(cancelled).MoveNextAsync(),
            async () => await select.WaitAsync(cancelled),
            () => Task.Run(() => empty.Send(2, cancelled)),
            () => Task.Run(() => full.Receive(cancelled)),
            () => Task.Run(() => full.ReceiveOrClosed(cancelled)),
        ];
        foreach (Func<Task> operation in operations)
            Assert.Equal(cancelled, (await Assert.ThrowsAnyAsync<OperationCanceledException>(operation)).CancellationToken);
        Assert.Equal((1, 0), (full.Count, empty.Count));
        Assert.Equal((0, 0), ChanQueues.Lengths(empty));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Blocking_ThreadInterruptedAsItsCounterpartComes_LosesNothing(bool receives)
    {
        const int Rounds = 2_000;
        var channel = new Chan<int>();
        int onThread = 0, here = 0;
        for (int round = 0; round < Rounds; round++)
        {
            using var begun = new Gate();
            var thread = new Thread(() =>
            {
                try
                {
                    begun.Open();
                    if (receives)
                        channel.Receive();
                    else
                        channel.Send(1);
                    onThread++;
                    Thread.Sleep(Timeout.Infinite);
                }
                catch (ThreadInterruptedException)
                {
                }
            });
            thread.Start();
            begun.Wait();
            while (ChanQueues.Lengths(channel) == (0, 0))
                Thread.Yield();
            Task interrupting = Task.Run(thread.Interrupt);
            if (receives ? channel.TrySend(1) : channel.TryReceive(out _))
                here++;
            await interrupting;
            Assert.True(thread.Join(Limits.Hang), "The interrupt was lost.");
        }

        Assert.Equal(here, onThread);
        Assert.Equal((0, 0), ChanQueues.Lengths(channel));
    }
}
