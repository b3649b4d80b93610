namespace Weft.Tests.Channels;

public sealed class TryReceiveOrClosedTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void TryReceiveOrClosed_EmptyAndOpen_IsFalse(int capacity)
    {
        Assert.False(new Chan<int>(capacity).TryReceiveOrClosed(out Received<int> received));
        Assert.Equal(default, received);
    }

    [Fact]
    public void TryReceiveOrClosed_AValueThenClosed_TellsBothAndThenOnlyTheEnd()
    {
        var channel = new Chan<string>(1);
        channel.TrySend("last");
        channel.Close();
        Assert.True(channel.TryReceiveOrClosed(out Received<string> received));
        Assert.Equal(new Received<string>("last", true), received);
        for (int i = 0; i < 2; i++)
        {
            Assert.True(channel.TryReceiveOrClosed(out received));
            Assert.Equal((null, false), (received.Value, received.HasValue));
        }
    }

    [Fact]
    public async Task TryReceiveOrClosed_ASenderWaits_TakesItsValue()
    {
        var channel = new Chan<int>();
        Task sending = channel.SendAsync(7).AsTask();
        Assert.True(channel.TryReceiveOrClosed(out Received<int> received));
        Assert.Equal(new Received<int>(7, true), received);
        await sending;
    }
}
