using System.Threading.Channels;
using Weft.Tests.Support;

namespace Weft.Tests.Channels;

/// <summary>The reader and the writer of a channel's adapter allocate nothing where those of the base class library do not.</summary>
[ReleaseIsEnough]
public sealed class ChanAdapterAllocationTests
{
    private const int Operations = Allocations.Operations;

    /// <summary>What the two sides do.</summary>
    public enum Kind
    {
        ReadAndWrite,
        WaitToRead,
        WaitToWrite,
        ReadAll,
    }

    public static TheoryData<Kind, int, int> Kinds()
    {
        var all = new TheoryData<Kind, int, int>();
        foreach (Kind kind in Enum.GetValues<Kind>())
        {
            all.Add(kind, 1, 1);
            all.Add(kind, 1, 2);
            all.Add(kind, 16, 1);
            all.Add(kind, 16, 2);
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Operations_InGoroutines_AllocateNothing(Kind kind, int capacity, int procs)
    {
        Channel<long> channel = new Chan<long>(capacity).AsChannel();
        using var _ = TestScheduler.Create(out Scheduler scheduler, procs);
        await scheduler.StartChecked(async () =>
        {
            Goroutine reading = Go.Start((Func<Task>)(() => ReadAsync(kind, channel.Reader)));
            await Allocations.AssertNoneAsync(() => WriteAsync(kind, channel.Writer, Operations));
            channel.Writer.Complete();
            await reading.Completion;
        }).Within();
    }

    [Theory]
    [InlineData(Kind.ReadAndWrite, 1)]
    [InlineData(Kind.ReadAndWrite, 16)]
    [InlineData(Kind.WaitToRead, 1)]
    [InlineData(Kind.WaitToRead, 16)]
    public async Task Operations_OnThePool_AllocateNoMoreThanTheLibrarys(Kind kind, int capacity)
    {
        const int Attempts = 10;
        long least = long.MaxValue;
        for (int attempt = 0; attempt < Attempts && least > Allocations.Allowance; attempt++)
        {
            long library = await AllocatedAsync(kind, Channel.CreateBounded<long>(capacity));
            long weft = await AllocatedAsync(kind, new Chan<long>(capacity).AsChannel());
            least = Math.Min(least, weft - library);
        }

        Assert.True(least <= Allocations.Allowance, $"{least} bytes more for {Operations} operations.");
    }

    private static async Task<long> AllocatedAsync(Kind kind, Channel<long> channel)
    {
        Task reading = Task.Run(() => ReadAsync(kind, channel.Reader));
        long allocated = await Task.Run(async () =>
        {
            await WriteAsync(kind, channel.Writer, Operations / 10);
            long before = GC.GetTotalAllocatedBytes(precise: true);
            await WriteAsync(kind, channel.Writer, Operations);
            return GC.GetTotalAllocatedBytes(precise: true) - before;
        });
        channel.Writer.Complete();
        await reading.WaitAsync(Limits.Hang);
        return allocated;
    }

    private static async ValueTask WriteAsync(Kind kind, ChannelWriter<long> writer, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (kind != Kind.WaitToWrite)
            {
                await writer.WriteAsync(i);
                continue;
            }

            while (!writer.TryWrite(i))
                await writer.WaitToWriteAsync();
        }
    }

    private static async Task ReadAsync(Kind kind, ChannelReader<long> reader)
    {
        if (kind == Kind.ReadAll)
        {
            await foreach (long _ in reader.ReadAllAsync())
                ;
        }
        else if (kind == Kind.WaitToRead)
        {
            while (await reader.WaitToReadAsync())
            {
                while (reader.TryRead(out long _))
                    ;
            }
        }
        else
        {
            try
            {
                while (true)
                    await reader.ReadAsync();
            }
            catch (ChannelClosedException)
            {
            }
        }
    }
}
