using System.Threading.Channels;
using Weft.Tests.Support;

namespace Weft.Tests.Channels;

/// <summary>
/// What readers and writers of System.Threading.Channels do, those of the base class library and those over a <see cref="Chan{T}"/> alike.
/// </summary>
public sealed class ChanAdapterContractTests
{
    /// <summary>Whose channel it is.</summary>
    public enum Maker
    {
        /// <summary>The base class library's, which says what is right.</summary>
        Library,

        /// <summary>Weft's.</summary>
        Weft,
    }

    public static TheoryData<Maker, int> Channels() => new()
    {
        { Maker.Library, 0 },
        { Maker.Library, 2 },
        { Maker.Weft, 0 },
        { Maker.Weft, 2 },
    };

    private static Channel<int> Make(Maker maker, int capacity) =>
        maker == Maker.Library ? Channel.CreateBounded<int>(capacity) : new Chan<int>(capacity).AsChannel();

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task TryComplete_WithACancellation_CancelsTheCompletion(Maker maker, int capacity)
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Channel<int> channel = Make(maker, capacity);
        var error = new OperationCanceledException(source.Token);
        Task<int> reading = channel.Reader.ReadAsync().AsTask();
        Task<bool> waiting = channel.Reader.WaitToReadAsync().AsTask();
        Assert.True(channel.Writer.TryComplete(error));
        await AssertCancelledAsync(channel.Reader.Completion, source.Token);
        await AssertCancelledAsync(reading, source.Token);
        await AssertCancelledAsync(waiting, source.Token);
        await AssertThrowsAsync(error, () => channel.Reader.WaitToReadAsync().AsTask());
        await AssertThrowsAsync(error, () => channel.Writer.WaitToWriteAsync().AsTask());
        await AssertCancelledAsync(channel.Reader.ReadAsync().AsTask(), source.Token);
        await AssertThrowsAsync(error, () => channel.Writer.WriteAsync(1).AsTask());
        Assert.False(channel.Writer.TryWrite(1));
        Assert.False(channel.Reader.TryRead(out int _));
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task TryComplete_WithACancellationWhileWritersWait_CancelsThem(Maker maker, int capacity)
    {
        Channel<int> channel = Make(maker, capacity);
        while (channel.Writer.TryWrite(0))
            ;
        var error = new OperationCanceledException();
        Task writing = channel.Writer.WriteAsync(1).AsTask();
        Task<bool> waiting = channel.Writer.WaitToWriteAsync().AsTask();
        Assert.True(channel.Writer.TryComplete(error));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        Assert.Equal(TaskStatus.Canceled, writing.Status);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(TaskStatus.Canceled, waiting.Status);
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task TryComplete_WithAnError_FailsTheCompletion(Maker maker, int capacity)
    {
        Channel<int> channel = Make(maker, capacity);
        var error = new InvalidOperationException("broken");
        Task<int> reading = channel.Reader.ReadAsync().AsTask();
        Task<bool> waiting = channel.Reader.WaitToReadAsync().AsTask();
        Assert.True(channel.Writer.TryComplete(error));
        Assert.False(channel.Writer.TryComplete(new InvalidOperationException("second")));
        await AssertThrowsAsync(error, () => channel.Reader.Completion);
        await AssertThrowsAsync(error, () => waiting);
        await AssertThrowsAsync(error, () => channel.Reader.WaitToReadAsync().AsTask());
        await AssertThrowsAsync(error, () => channel.Writer.WaitToWriteAsync().AsTask());
        await AssertClosedAsync(error, reading);
        await AssertClosedAsync(error, channel.Reader.ReadAsync().AsTask());
        await AssertClosedAsync(error, channel.Writer.WriteAsync(1).AsTask());
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task TryComplete_WithoutAnError_EndsAll(Maker maker, int capacity)
    {
        Channel<int> channel = Make(maker, capacity);
        Task<int> reading = channel.Reader.ReadAsync().AsTask();
        Task<bool> waiting = channel.Reader.WaitToReadAsync().AsTask();
        Assert.True(channel.Writer.TryComplete());
        await channel.Reader.Completion;
        Assert.False(await waiting);
        Assert.False(await channel.Reader.WaitToReadAsync());
        Assert.False(await channel.Writer.WaitToWriteAsync());
        await AssertClosedAsync(null, reading);
        await AssertClosedAsync(null, channel.Reader.ReadAsync().AsTask());
        await AssertClosedAsync(null, channel.Writer.WriteAsync(1).AsTask());
        Assert.Throws<ChannelClosedException>(() => channel.Writer.Complete());
    }

    [Theory]
    [InlineData(Maker.Library)]
    [InlineData(Maker.Weft)]
    public async Task TryComplete_WithAnErrorAndValuesLeft_GivesTheValuesFirst(Maker maker)
    {
        Channel<int> channel = Make(maker, 2);
        Assert.True(channel.Writer.TryWrite(1));
        Assert.True(channel.Writer.TryWrite(2));
        Task writing = channel.Writer.WriteAsync(3).AsTask();
        var error = new InvalidOperationException("broken");
        Assert.True(channel.Writer.TryComplete(error));
        await AssertClosedAsync(error, writing);
        Assert.False(channel.Reader.Completion.IsCompleted);
        Assert.True(await channel.Reader.WaitToReadAsync());
        Assert.Equal(1, await channel.Reader.ReadAsync());
        Assert.False(channel.Reader.Completion.IsCompleted);
        Assert.True(channel.Reader.TryRead(out int second));
        Assert.Equal(2, second);
        await AssertThrowsAsync(error, () => channel.Reader.Completion);
    }

    [Theory]
    [InlineData(Maker.Library)]
    [InlineData(Maker.Weft)]
    public async Task TryComplete_WithAnErrorThatNobodyLooksAt_IsNotReportedAsUnobserved(Maker maker)
    {
        string message = $"nobody looks at this one of {maker}";
        int reported = 0;
        void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs e)
        {
            if (e.Exception.ToString().Contains(message, StringComparison.Ordinal))
                Interlocked.Increment(ref reported);
        }

        TaskScheduler.UnobservedTaskException += OnUnobserved;
        try
        {
            await Task.Run(() =>
            {
                for (int i = 0; i < 50; i++)
                    Make(maker, 1).Writer.Complete(new InvalidOperationException(message));
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

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task Operations_WithACancelledToken_AreCancelled(Maker maker, int capacity)
    {
        Channel<int> channel = Make(maker, capacity);
        var cancelled = new CancellationToken(canceled: true);
        await AssertCancelledAsync(channel.Reader.ReadAsync(cancelled).AsTask(), cancelled);
        await AssertCancelledAsync(channel.Reader.WaitToReadAsync(cancelled).AsTask(), cancelled);
        await AssertCancelledAsync(channel.Writer.WriteAsync(1, cancelled).AsTask(), cancelled);
        await AssertCancelledAsync(channel.Writer.WaitToWriteAsync(cancelled).AsTask(), cancelled);
        Assert.True(channel.Reader.CanCount);
        Assert.Equal(0, channel.Reader.Count);
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task Operations_CancelledWhileTheyWait_AreCancelledAndLeaveNoTrace(Maker maker, int capacity)
    {
        Channel<int> channel = Make(maker, capacity);
        using var source = new CancellationTokenSource();
        Task<int> reading = channel.Reader.ReadAsync(source.Token).AsTask();
        Task<bool> waitingToRead = channel.Reader.WaitToReadAsync(source.Token).AsTask();
        await source.CancelAsync();
        await AssertCancelledAsync(reading, source.Token);
        await AssertCancelledAsync(waitingToRead, source.Token);

        while (channel.Writer.TryWrite(0))
            ;
        using var later = new CancellationTokenSource();
        Task writing = channel.Writer.WriteAsync(1, later.Token).AsTask();
        Task<bool> waitingToWrite = channel.Writer.WaitToWriteAsync(later.Token).AsTask();
        await later.CancelAsync();
        await AssertCancelledAsync(writing, later.Token);
        await AssertCancelledAsync(waitingToWrite, later.Token);
        Assert.Equal(capacity, channel.Reader.Count);
        while (channel.Reader.TryRead(out int value))
            Assert.Equal(0, value);
    }

    [Theory]
    [MemberData(nameof(Channels))]
    public async Task WaitToReadAsyncAndWaitToWriteAsync_OtherSideReadsAndWrites_PassAll(Maker maker, int capacity)
    {
        const int Count = 2_000;
        Channel<int> channel = Make(maker, capacity);
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < Count; i++)
                await channel.Writer.WriteAsync(i);
            for (int i = Count; i < 2 * Count;)
            {
                Assert.True(await channel.Writer.WaitToWriteAsync());
                if (channel.Writer.TryWrite(i))
                    i++;
            }

            channel.Writer.Complete();
        });
        for (int expected = 0; expected < Count;)
        {
            Assert.True(await channel.Reader.WaitToReadAsync());
            while (expected < Count && channel.Reader.TryRead(out int value))
                Assert.Equal(expected++, value);
        }

        for (int expected = Count; expected < 2 * Count; expected++)
            Assert.Equal(expected, await channel.Reader.ReadAsync());
        await writing;
        await channel.Reader.Completion;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Wait_OnlyASelectThatWasWonElsewhereIsThere_WaitsOn(bool toRead)
    {
        // On one processor that nobody takes away: the goroutine of the select, woken by the other channel,
        // does not run before the test has looked.
        (int Listed, bool Early, bool Won, bool Late) seen = await Undisturbed.ResultAsync(1, async scheduler =>
            await scheduler.Start(async () =>
            {
                var chan = new Chan<int>();
                var other = new Chan<int>();
                Channel<int> channel = chan.AsChannel();
                Goroutine<bool> selecting = Go.Start(async () =>
                {
                    var select = new Select();
                    if (toRead)
                        select.Send(chan, 1);
                    else
                        select.Receive(chan);
                    ReceiveCase<int> wins = select.Receive(other);
                    return await select.WaitAsync() == wins;
                });
                while (ChanQueues.Lengths(other).Receivers == 0)
                    await Go.Yield();
                Assert.True(other.TrySend(1));
                int listed = toRead ? ChanQueues.Lengths(chan).Senders : ChanQueues.Lengths(chan).Receivers;
                ValueTask<bool> waiting = toRead ? channel.Reader.WaitToReadAsync() : channel.Writer.WaitToWriteAsync();
                bool early = waiting.IsCompleted;
                bool won = await selecting;
                bool late = waiting.IsCompleted;
                Task partner = toRead ? chan.SendAsync(2).AsTask() : chan.ReceiveAsync().AsTask();
                Assert.True(await waiting);
                Assert.True(toRead ? channel.Reader.TryRead(out int _) : channel.Writer.TryWrite(2));
                await partner;
                return (listed, early, won, late);
            }).Within());
        Assert.Equal(1, seen.Listed);
        Assert.False(seen.Early, "The select's case has lost, so nobody is there.");
        Assert.True(seen.Won);
        Assert.False(seen.Late);
    }

    private static async Task AssertCancelledAsync(Task task, CancellationToken token)
    {
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => task.WaitAsync(Limits.Hang));
        Assert.Equal(token, thrown.CancellationToken);
        Assert.Equal(TaskStatus.Canceled, task.Status);
    }

    private static async Task AssertThrowsAsync(Exception error, Func<Task> operation) =>
        Assert.Same(error, await Assert.ThrowsAnyAsync<Exception>(() => operation().WaitAsync(Limits.Hang)));

    private static async Task AssertClosedAsync(Exception? error, Task task) =>
        Assert.Same(error, (await Assert.ThrowsAsync<ChannelClosedException>(() => task.WaitAsync(Limits.Hang))).InnerException);
}
