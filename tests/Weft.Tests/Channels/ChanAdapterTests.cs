using System.Threading.Channels;
using Weft.Tests.Support;

namespace Weft.Tests.Channels;

public sealed class ChanAdapterTests
{
    [Fact]
    public void AsChannel_CalledAgain_GivesTheSame()
    {
        var channel = new Chan<int>();
        Assert.Same(channel.AsChannel(), channel.AsChannel());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task ReadAllAsync_WriterCompletes_SeesEachValueOnce(int capacity)
    {
        using var _ = TestScheduler.Create(out Scheduler scheduler);
        Channel<int> channel = new Chan<int>(capacity).AsChannel();
        Goroutine<bool> writer = scheduler.Start(async () =>
        {
            for (int i = 0; i < 2_000; i++)
                await channel.Writer.WriteAsync(i);
            channel.Writer.Complete();
            return true;
        });
        int expected = 0;
        await foreach (int value in channel.Reader.ReadAllAsync())
            Assert.Equal(expected++, value);
        Assert.Equal(2_000, expected);
        Assert.True(await writer.Within());
        await channel.Reader.Completion.Within(scheduler);
    }

    [Fact]
    public async Task TryWriteAndTryRead_Buffered_TellFullEmptyAndPeek()
    {
        Channel<string> channel = new Chan<string>(1).AsChannel();
        Assert.True(channel.Reader.CanCount && channel.Reader.CanPeek);
        Assert.False(channel.Reader.TryRead(out string? _));
        Assert.True(await channel.Writer.WaitToWriteAsync());
        Assert.True(channel.Writer.TryWrite("a"));
        Assert.False(channel.Writer.TryWrite("b"));
        Assert.Equal(1, channel.Reader.Count);
        Assert.True(channel.Reader.TryPeek(out string? peeked));
        Assert.Equal("a", peeked);
        ValueTask<bool> room = channel.Writer.WaitToWriteAsync();
        Assert.False(room.IsCompleted);
        Assert.True(await channel.Reader.WaitToReadAsync());
        Assert.True(channel.Reader.TryRead(out string? read));
        Assert.Equal("a", read);
        Assert.True(await room);
    }

    [Fact]
    public async Task WaitToReadAsync_Unbuffered_WakesWhenASenderComes()
    {
        var chan = new Chan<int>();
        Channel<int> channel = chan.AsChannel();
        ValueTask<bool> readable = channel.Reader.WaitToReadAsync();
        Assert.False(readable.IsCompleted);
        Task sending = chan.SendAsync(5).AsTask();
        Assert.True(await readable);
        Assert.True(channel.Reader.TryRead(out int value));
        Assert.Equal(5, value);
        await sending;

        ValueTask<bool> writable = channel.Writer.WaitToWriteAsync();
        Assert.False(writable.IsCompleted);
        Task<int> receiving = chan.ReceiveAsync().AsTask();
        Assert.True(await writable);
        Assert.True(channel.Writer.TryWrite(6));
        Assert.Equal(6, await receiving);
    }

    [Fact]
    public async Task Complete_WithValuesLeft_EndsWhenTheyAreRead()
    {
        Channel<int> channel = new Chan<int>(2).AsChannel();
        Assert.True(channel.Writer.TryWrite(1));
        Assert.True(channel.Writer.TryComplete());
        Assert.False(channel.Writer.TryComplete());
        Assert.False(channel.Writer.TryWrite(2));
        Assert.False(await channel.Writer.WaitToWriteAsync());
        Assert.False(channel.Reader.Completion.IsCompleted);
        Assert.True(await channel.Reader.WaitToReadAsync());
        Assert.Equal(1, await channel.Reader.ReadAsync());
        await channel.Reader.Completion;
        Assert.False(await channel.Reader.WaitToReadAsync());
        await Assert.ThrowsAsync<ChannelClosedException>(async () => await channel.Reader.ReadAsync());
    }

    [Fact]
    public async Task Complete_WithAnError_TellsItToAll()
    {
        Channel<int> channel = new Chan<int>().AsChannel();
        Task<bool> waiting = channel.Reader.WaitToReadAsync().AsTask();
        Task<int> reading = channel.Reader.ReadAsync().AsTask();
        var error = new InvalidOperationException("broken");
        channel.Writer.Complete(error);
        Assert.Same(error, await Assert.ThrowsAsync<InvalidOperationException>(() => waiting));
        Assert.Same(error, (await Assert.ThrowsAsync<ChannelClosedException>(() => reading)).InnerException);
        Assert.Same(error, await Assert.ThrowsAsync<InvalidOperationException>(() => channel.Reader.Completion));
        Assert.Same(error, (await Assert.ThrowsAsync<ChannelClosedException>(async () => await channel.Writer.WriteAsync(1))).InnerException);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Wait_CancelledAgainAndAgain_LeavesNoTrace(bool read)
    {
        var chan = new Chan<int>();
        Channel<int> channel = chan.AsChannel();
        for (int round = 0; round < 100; round++)
        {
            using var source = new CancellationTokenSource();
            Task<bool> waiting = read
                ? channel.Reader.WaitToReadAsync(source.Token).AsTask()
                : channel.Writer.WaitToWriteAsync(source.Token).AsTask();
            await source.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        Assert.Equal(0, chan.ExtraOrNull!.Watchers!.Count);
    }

    [Fact]
    public async Task AsChannel_OfAClosedChannel_HasEnded()
    {
        var chan = new Chan<int>();
        chan.Close();
        await chan.AsChannel().Reader.Completion;
    }
}
