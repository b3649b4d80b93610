using System.Reflection;
using System.Runtime.CompilerServices;
using Weft.Tests.Support;

namespace Weft.Tests.Channels;

/// <summary>The two sides of a channel: what each can do, what it cannot, and that selects take them.</summary>
public sealed class ChanViewTests
{
    [Fact]
    public async Task Views_OfOneChannel_HandValuesOver()
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        await scheduler.StartChecked(async () =>
        {
            var channel = new Chan<int>();
            Go.Start(() => CountAsync(channel, 3));
            Assert.Equal([0, 1, 2], await ListAsync(channel));
        }).Within();

        static async Task CountAsync(ISendChan<int> to, int count)
        {
            for (int i = 0; i < count; i++)
                await to.SendAsync(i);
            to.Close();
        }

        static async Task<List<int>> ListAsync(IReceiveChan<int> from)
        {
            List<int> all = [];
            await foreach (int value in from)
                all.Add(value);
            return all;
        }
    }

    [Fact]
    public void Views_WithoutWaiting_AreTheChannel()
    {
        (IReceiveChan<int> from, ISendChan<int> to) = Sides(new Chan<int>(2));
        Assert.True(to.TrySend(1));
        to.Send(2);
        Assert.False(to.TrySend(3));
        Assert.Equal((2, 2, false), (from.Count, from.Capacity, from.IsClosed));
        Assert.Equal(1, from.Receive());
        Assert.True(from.TryReceive(out int value));
        Assert.Equal(2, value);
        Assert.False(from.TryReceiveOrClosed(out Received<int> _));
        to.Close();
        Assert.Equal((0, 2, true), (to.Count, to.Capacity, to.IsClosed));
        Assert.False(from.ReceiveOrClosed().HasValue);
    }

    [Fact]
    public async Task Select_OverViews_WaitsForThem()
    {
        IReceiveChan<int> from = Full(7);
        (_, ISendChan<string> to) = Sides(new Chan<string>(1));
        var select = new Select();
        ReceiveCase<int> receive = select.Receive(from);
        SendCase<string> send = select.Send<string>(null);
        Assert.Same(from, receive.Channel);
        Assert.Same(receive, await select.WaitAsync());
        Assert.Equal(7, receive.Value);
        receive.Channel = null;
        send.Channel = to;
        send.Value = "sent";
        Assert.Same(send, await select.WaitAsync());
        Assert.Equal(1, to.Count);
        Assert.Equal(0, await new Select().OnReceive(Full(1), _ => { }).OnSend(to, "late").RunAsync());
    }

    [Fact]
    public void Views_OfTheOtherSide_HaveNoMember()
    {
        Assert.SkipUnless(RuntimeFeature.IsDynamicCodeSupported, "NativeAOT leaves out members that nothing calls.");
        string[] receives = Members(typeof(IReceiveChan<int>)), sends = Members(typeof(ISendChan<int>));
        Assert.DoesNotContain(receives, name => name.Contains("Send", StringComparison.Ordinal) || name == nameof(Chan.Close));
        Assert.DoesNotContain(sends, name => name.Contains("Receive", StringComparison.Ordinal));

        // All that a channel's own type can do is on one side or the other, but for the adapter, which has both.
        const BindingFlags Own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        string[] all = [.. typeof(Chan<int>).GetMethods(Own).Select(method => method.Name)];
        Assert.Empty(all.Except([.. receives, .. sends, nameof(Chan<int>.AsChannel), nameof(IAsyncEnumerable<int>.GetAsyncEnumerator)]));

        static string[] Members(Type side) => [.. side.GetMethods().Where(method => method.IsPublic).Select(method => method.Name)];
    }

    private static (IReceiveChan<T> From, ISendChan<T> To) Sides<T>(Chan<T> channel) => (channel, channel);

    private static Chan<int> Full(int value)
    {
        var channel = new Chan<int>(1);
        channel.TrySend(value);
        return channel;
    }
}
