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
        Assert.Same(
            error, (await Assert.ThrowsAsync<ChannelClosedException>(async () => await channel.Writer.WriteAsync(1))).InnerException);
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

    [Fact]
    public async Task Operations_OfGoroutinesWhileThePoolIsFull_NeedNoThreadOfIt()
    {
        ChildProcess child = await ChildProcess.RunAsync("full-pool", "1000");
        Assert.Equal("2499500", child.Output.Trim());
        Assert.Equal(0, child.ExitCode);
    }

    [Fact]
    public async Task Operations_ThatNobodyAwaits_AreNotReportedAsUnobserved()
    {
        string message = "nobody awaits what ends by this";
        int reported = 0;
        void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs e)
        {
            if (e.Exception.ToString().Contains(message, StringComparison.Ordinal) || e.Exception.InnerException is ChannelClosedException)
                Interlocked.Increment(ref reported);
        }

        TaskScheduler.UnobservedTaskException += OnUnobserved;
        try
        {
            await Task.Run(() =>
            {
                for (int i = 0; i < 20; i++)
                    Forget(new InvalidOperationException(message));
            });
            for (int i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= OnUnobserved;
        }

        Assert.Equal(0, reported);
    }

    // What is begun here is not awaited on purpose.
#pragma warning disable CA2012
    private static void Forget(Exception error)
    {
        using var source = new CancellationTokenSource();
        Channel<int> reading = new Chan<int>(1).AsChannel();
        _ = reading.Reader.ReadAsync();
        _ = reading.Reader.WaitToReadAsync(source.Token);
        reading.Writer.Complete(error);
        _ = reading.Reader.ReadAsync();
        _ = reading.Reader.WaitToReadAsync();
        _ = reading.Reader.ReadAllAsync().GetAsyncEnumerator().MoveNextAsync();
        Channel<int> writing = new Chan<int>(1).AsChannel();
        for (int i = 0; i < 2; i++)
            _ = writing.Writer.WriteAsync(i);
        _ = writing.Writer.WaitToWriteAsync();
        writing.Writer.Complete(error);
        _ = writing.Writer.WriteAsync(3);
        _ = writing.Writer.WaitToWriteAsync();
    }
#pragma warning restore CA2012

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Waits_CancelledInAnyOrder_LeaveTheOthers(bool oldestFirst)
    {
        const int Count = 1_000;
        var chan = new Chan<int>();
        Channel<int> channel = chan.AsChannel();
        CancellationTokenSource[] sources = [.. Enumerable.Range(0, Count).Select(static _ => new CancellationTokenSource())];
        Task<bool>[] waits = [.. sources.Select(source => channel.Reader.WaitToReadAsync(source.Token).AsTask())];
        for (int i = 0; i < Count; i++)
        {
            int chosen = oldestFirst ? i : Count - 1 - i;
            if (chosen % 10 != 3)
                await sources[chosen].CancelAsync();
        }

        Assert.Equal(Count / 10, chan.ExtraOrNull!.Watchers!.Count);
        Task sending = chan.SendAsync(1).AsTask();
        for (int i = 0; i < Count; i++)
        {
            if (i % 10 == 3)
                Assert.True(await waits[i].WaitAsync(Limits.Hang));
            else
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waits[i].WaitAsync(Limits.Hang));
            sources[i].Dispose();
        }

        Assert.True(channel.Reader.TryRead(out int _));
        await sending;
    }

    [Fact]
    public async Task Waits_CancelledAsTheChannelChanges_EndOnce()
    {
        const int Rounds = 2_000;
        var chan = new Chan<int>(1);
        Channel<int> channel = chan.AsChannel();
        for (int round = 0; round < Rounds; round++)
        {
            using var source = new CancellationTokenSource();
            ValueTask<bool> waiting = channel.Reader.WaitToReadAsync(source.Token);
            Task cancelling = Task.Run(source.Cancel);
            Thread.SpinWait(round % 64);
            Assert.True(channel.Writer.TryWrite(round));
            try
            {
                Assert.True(await waiting);
            }
            catch (OperationCanceledException)
            {
            }

            Assert.True(channel.Reader.TryRead(out int value));
            Assert.Equal(round, value);
            await cancelling;
        }

        Assert.Equal(0, chan.ExtraOrNull!.Watchers!.Count);
    }

    [Fact]
    public async Task ReadAllAsync_TwoTokens_EitherEndsIt()
    {
        for (int which = 0; which < 2; which++)
        {
            using var first = new CancellationTokenSource();
            using var second = new CancellationTokenSource();
            Channel<int> channel = new Chan<int>(2).AsChannel();
            Assert.True(channel.Writer.TryWrite(1));
            await using IAsyncEnumerator<int> all = channel.Reader.ReadAllAsync(first.Token).GetAsyncEnumerator(second.Token);
            Assert.True(await all.MoveNextAsync());
            Task<bool> waiting = all.MoveNextAsync().AsTask();
            await (which == 0 ? first : second).CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Limits.Hang));
        }
    }
}
