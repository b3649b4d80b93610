using System.Runtime.CompilerServices;
using Weft.Tests.Goroutines;
using Weft.Tests.Support;

namespace Weft.Tests.Channels;

/// <summary>
/// In the steady state no operation allocates: whether it waits or not, alone or among many, on one processor or two. All in async methods
/// of .NET's kind; what a <see cref="GoroutineBody"/> takes is the matter of <see cref="GoroutineBodyAllocationTests"/>.
/// </summary>
[ReleaseIsEnough]
public sealed class ChanAllocationTests
{
    private const int Operations = Allocations.Operations;

    [Theory]
    [InlineData("send and receive")]
    [InlineData("receive or closed")]
    [InlineData("try")]
    [InlineData("blocking")]
    [InlineData("with a token")]
    [InlineData("as a ValueTask")]
    public async Task Operations_ThatNeedNotWait_AllocateNothing(string kind)
    {
        var channel = new Chan<long>(8);
        using var source = new CancellationTokenSource();
        await InAGoroutineAsync(1, () => Allocations.AssertNoneAsync(Loop));

        async ValueTask Loop()
        {
            for (int i = 0; i < Operations / 2; i++)
            {
                switch (kind)
                {
                    case "send and receive":
                        await channel.SendAsync(i);
                        await channel.ReceiveAsync();
                        break;
                    case "receive or closed":
                        await channel.SendAsync(i);
                        await channel.ReceiveOrClosedAsync();
                        break;
                    case "try":
                        channel.TrySend(i);
                        channel.TryReceive(out long _);
                        break;
                    case "blocking":
                        channel.Send(i);
                        channel.Receive();
                        break;
                    case "with a token":
                        await channel.SendAsync(i, source.Token);
                        await channel.ReceiveAsync(source.Token);
                        break;
                    default:
                        await (ValueTask)channel.SendAsync(i);
                        await (ValueTask<long>)channel.ReceiveAsync();
                        break;
                }
            }
        }
    }

    /// <summary>Who is on the other side of the channel.</summary>
    public enum Peer
    {
        Receive,
        ReceiveOrClosed,
        AwaitForeach,
        WithAToken,
        AsAValueTask,
        Send,
        SendWithAToken,
    }

    public static TheoryData<Peer, int, int> Peers()
    {
        var all = new TheoryData<Peer, int, int>();
        foreach (Peer peer in Enum.GetValues<Peer>())
        {
            all.Add(peer, 0, 1);
            all.Add(peer, 0, 2);
            all.Add(peer, 16, 1);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Peers))]
    public async Task Operations_ThatWait_AllocateNothing(Peer peer, int capacity, int procs)
    {
        var channel = new Chan<long>(capacity);
        using var source = new CancellationTokenSource();
        await InAGoroutineAsync(procs, async () =>
        {
            Goroutine other = Go.Start(PeerAsync);
            await Allocations.AssertNoneAsync(Loop);
            channel.TryClose(null);
            await other.Completion;
        });

        async ValueTask Loop()
        {
            for (int i = 0; i < Operations; i++)
            {
                if (peer is Peer.Send or Peer.SendWithAToken)
                    await channel.ReceiveAsync();
                else
                    await channel.SendAsync(i);
            }
        }

        async Task PeerAsync()
        {
            try
            {
                switch (peer)
                {
                    case Peer.Receive:
                        while (!channel.IsClosed)
                            await channel.ReceiveAsync();
                        break;
                    case Peer.ReceiveOrClosed:
                        while ((await channel.ReceiveOrClosedAsync()).HasValue)
                            ;
                        break;
                    case Peer.AwaitForeach:
                        await foreach (long _ in channel)
                            ;
                        break;
                    case Peer.WithAToken:
                        while (!channel.IsClosed)
                            await channel.ReceiveAsync(source.Token);
                        break;
                    case Peer.AsAValueTask:
                        while (!channel.IsClosed)
                            await (ValueTask<long>)channel.ReceiveAsync();
                        break;
                    default:
                        for (int i = 0; ; i++)
                            await channel.SendAsync(i, peer == Peer.Send ? CancellationToken.None : source.Token);
                }
            }
            catch (System.Threading.Channels.ChannelClosedException)
            {
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public async Task Operations_OfManyGoroutinesOnTwoProcessors_AllocateNothing(int capacity)
    {
        const int Pairs = 4;
        var channel = new Chan<long>(capacity);
        await InAGoroutineAsync(2, async () =>
        {
            var turns = new Chan<int>();
            var ends = new Chan<bool>();
            for (int i = 0; i < Pairs; i++)
            {
                Go.Start((Func<Task>)(async () =>
                {
                    await foreach (int count in turns)
                    {
                        for (int value = 1; value <= count; value++)
                            await channel.SendAsync(value);
                        await ends.SendAsync(true);
                    }

                    channel.TryClose(null);
                }));
                Go.Start((Func<Task>)(async () =>
                {
                    await foreach (long _ in channel)
                        ;
                }));
            }

            await Allocations.AssertNoneAsync(Loop);
            turns.Close();

            async ValueTask Loop()
            {
                for (int i = 0; i < Pairs; i++)
                    await turns.SendAsync(Operations / Pairs);
                for (int i = 0; i < Pairs; i++)
                    await ends.ReceiveAsync();
            }
        });
    }

    /// <summary>What is in the select, beside a receive that wins.</summary>
    public enum Beside
    {
        AReceive,
        ASend,
        ATimeout,
        ATask,
        TwoTasksInTurn,
        ACancellation,
        AToken,
        Default,
    }

    public static TheoryData<Beside, int, int> Selects()
    {
        var all = new TheoryData<Beside, int, int>();
        foreach (Beside beside in Enum.GetValues<Beside>())
        {
            all.Add(beside, 0, 1);
            all.Add(beside, 0, 2);
            all.Add(beside, 16, 1);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Selects))]
    public async Task Select_Reused_AllocatesNothing(Beside beside, int capacity, int procs)
    {
        var channel = new Chan<long>(capacity);
        var quiet = new Chan<string>();
        using var source = new CancellationTokenSource();
        await InAGoroutineAsync(procs, async () =>
        {
            Goroutine sender = Go.Start((Func<Task>)(async () =>
            {
                var sending = new Select();
                SendCase<long> send = sending.Send(channel, 1);
                sending.Receive(quiet);
                while (await sending.WaitAsync() == send)
                    send.Value++;
            }));
            var select = new Select();
            ReceiveCase<long> receive = select.Receive(channel);
            if (beside == Beside.AReceive)
                select.Receive(new Chan<int>());
            else if (beside == Beside.ASend)
                select.Send(new Chan<string>(), "x");
            else if (beside == Beside.ATimeout)
                select.Timeout(TimeSpan.FromHours(1));
            else if (beside == Beside.ATask)
                select.Task(new TaskCompletionSource().Task);
            else if (beside == Beside.ACancellation)
                select.Cancelled(source.Token);
            Task[] tasks = [new TaskCompletionSource().Task, new TaskCompletionSource().Task];
            TaskCase? task = beside == Beside.TwoTasksInTurn ? select.Task(tasks[0]) : null;
            await Allocations.AssertNoneAsync(Loop);
            quiet.Close();
            await sender.Completion;

            async ValueTask Loop()
            {
                for (int i = 0; i < Operations; i++)
                {
                    SelectCase? winner;
                    if (task is not null)
                        task.Task = tasks[i / 2 % 2];
                    if (beside == Beside.Default)
                    {
                        if ((winner = select.TryWait()) is null)
                        {
                            await Go.Yield();
                            continue;
                        }
                    }
                    else
                    {
                        winner = await select.WaitAsync(beside == Beside.AToken ? source.Token : CancellationToken.None);
                    }

                    if (winner != receive)
                        throw new InvalidOperationException("Another case has won.");
                }
            }
        });
    }

    private static async Task InAGoroutineAsync(
        int procs,
        Func<Task> body,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        await scheduler.StartChecked(body, file, line).Within();
    }
}
